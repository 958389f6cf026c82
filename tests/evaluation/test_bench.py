import numpy as np

from musicdesk.evaluation import bench


def test_the_bench_times_every_move():
    measured = bench.rank(tracks=600, prototypes=5, dim=8, top=20, moves=7, rng=np.random.default_rng(0))
    assert measured.wall.n == measured.cpu.n == 7
    assert 0 < measured.wall.median_ms <= measured.wall.p95_ms
    assert (measured.tracks, measured.prototypes, measured.dim, measured.top, measured.variety) == (600, 5, 8, 20, 0.2)


def test_the_synthetic_library_is_fit_to_be_ranked():
    shelf, board = bench.synthetic(tracks=500, prototypes=3, dim=8, rng=np.random.default_rng(0))
    assert len(shelf) == len(board) == 500
    assert np.allclose(np.linalg.norm(shelf.space, axis=1), 1, atol=1e-5)
    assert np.allclose(board.columns.mean(axis=1), 1, atol=0.02)
