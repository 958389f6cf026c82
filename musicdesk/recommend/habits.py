"""What people's habits say of each item, as numbers that other recommenders build upon: ELSA's item factors.

They are wanted for another end than ELSA's own lists, so they have settings of their own: much is hidden, that the
factors may tell what goes together and not who heard what, and learning is quick.
"""

from typing import TYPE_CHECKING

import numpy as np

from musicdesk.jobs import Job
from musicdesk.recommend import elsa
from musicdesk.records import FloatArray

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

STEPS, LEARNING_RATE = 200, 0.1


def habit_factors(matrix: "csr_matrix", *, factors: int, hidden: float, seed: int, job: Job) -> FloatArray:
    """Unit rows, or nothing where nobody listens; ``matrix`` [n_users, n_items] holds the weights.

    # [n_items, factors or, of few listeners, fewer]
    """
    heard = np.bincount(matrix.indices, minlength=matrix.shape[1]) > 0
    config = elsa.ElsaConfig(factors=factors, hidden=hidden, seed=seed, steps=STEPS, learning_rate=LEARNING_RATE)
    learned = elsa.train(matrix[:, heard], config, job=job)
    found = np.zeros((matrix.shape[1], learned.shape[1]), np.float32)
    found[heard] = learned
    return found
