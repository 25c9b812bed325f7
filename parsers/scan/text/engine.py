"""Shell: the keeper of rapidocr - where text stands on a picture and what it says; models come out of the wheel, nothing is ever fetched.

Settings are measured: no line classifier (it turns short numbers upside down with full certainty), one thread, one line at a time (0.4 GB
instead of 0.9 at the same speed), short crops on little room (half the time of the library's 320). Paths are given so that the library has no reason to look anything up.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy
import rapidocr

from parsers.scan.text.decode import steps_to_script
from parsers.scan.words import Picture, Quad, Script

DETECTION_SIDE = 960
NARROW, ROOMY = 96, 208
_MODELS = Path(rapidocr.__file__).parent / "models"
_SMALLEST = 4


class TextReader(Protocol):
    """识字引擎: finds text and reads it; tests put a made-up one in its place."""

    def find(self, picture: Picture, side: int = DETECTION_SIDE) -> list[Quad]:
        """Where lines of text stand: their corners."""

    def read(self, crops: Sequence[Picture], room: int = NARROW) -> list[Script]:
        """What each crop says, in the same order; shorter ones are set on so much room (pixels at a height of 48)."""


class RapidReader:
    """The engine of the extra `ocr`."""

    def __init__(self, threads: int = 1) -> None:
        engine = rapidocr.RapidOCR(
            params={
                "Global.log_level": "critical",
                "Global.use_cls": False,
                "Global.max_side_len": 4000,
                "Det.limit_type": "max",
                "Det.limit_side_len": DETECTION_SIDE,
                "Det.model_path": str(_MODELS / "PP-OCRv6_det_small.onnx"),
                "Rec.model_path": str(_MODELS / "PP-OCRv6_rec_small.onnx"),
                "Rec.rec_batch_num": 1,
                "EngineConfig.onnxruntime.intra_op_num_threads": threads,
                "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            }
        )
        self._detector: Any = engine._load_det_model()
        self._recogniser: Any = engine._load_rec_model()
        self._letters: Sequence[str] = self._recogniser.postprocess_op.character

    def find(self, picture: Picture, side: int = DETECTION_SIDE) -> list[Quad]:
        """Corners in pixels of the picture given."""
        self._detector.limit_side_len = side
        boxes = self._detector(_coloured(picture)).boxes
        return [] if boxes is None else [numpy.asarray(box, numpy.float32) for box in boxes]

    def read(self, crops: Sequence[Picture], room: int = NARROW) -> list[Script]:
        """Empty scripts for crops too small to hold a letter."""
        self._recogniser.rec_image_shape = [3, 48, room]
        return [self._read(crop, room / 48) if min(crop.shape[:2]) >= _SMALLEST else Script("", 0.0) for crop in crops]

    def _read(self, crop: Picture, room: float) -> Script:
        shape = crop.shape[1] / crop.shape[0]
        wide = max(shape, room)
        steps = self._recogniser.session(self._recogniser.resize_norm_img(_coloured(crop), wide)[None])
        return steps_to_script(steps[0], self._letters, shape / wide)


def _coloured(picture: Picture) -> Picture:
    return picture if picture.ndim == 3 else numpy.repeat(picture[:, :, None], 3, axis=2)
