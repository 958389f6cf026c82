"""Arrays as they travel: float32 and int64."""

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float32]

IntArray = npt.NDArray[np.int64]
