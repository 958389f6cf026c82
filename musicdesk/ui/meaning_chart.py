"""The loss of one stage, round by round, drawn by pyqtgraph. Import it late: pyqtgraph takes 0.4 s."""

from collections.abc import Sequence

from musicdesk.ui.training_chart import FEWEST, Curves


class LossCurve(Curves):
    """One line: the loss on what is held out."""

    def __init__(self) -> None:
        super().__init__(lambda epoch: epoch.train_loss, lambda epoch: epoch.loss, share=False)

    def set_losses(self, losses: Sequence[float]) -> None:
        """Draw these."""
        _, line = self._lines
        line.setData(range(1, len(losses) + 1), list(losses), symbol="o" if len(losses) < 2 else None)
        self.setXRange(1, max(FEWEST, len(losses)), padding=0.02)
        if losses:
            low, high = min(losses), max(losses)
            room = max(0.1 * (high - low), 0.02)
            self.setYRange(low - room, high + room, padding=0)
