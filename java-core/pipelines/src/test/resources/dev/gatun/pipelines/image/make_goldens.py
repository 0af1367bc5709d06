"""Pictures that OpenCV and Pillow scale.

Usage: python make_goldens.py
Makes scaled.json: pixels as 0xRRGGBB; README.md has the versions.
"""

import json
import pathlib

import cv2
import numpy as np
from PIL import Image

HERE = pathlib.Path(__file__).resolve().parent


def numbers(picture):
    wide = picture.astype(np.int64)
    return (wide[..., 0] << 16 | wide[..., 1] << 8 | wide[..., 2]).flatten().tolist()


def main():
    rng = np.random.default_rng(5)
    cases = []
    sizes = [(23, 17, 32, 32), (23, 17, 9, 6), (40, 12, 13, 48), (5, 7, 5, 3), (8, 8, 4, 4), (1, 3, 4, 4)]
    for width, height, new_width, new_height in sizes:
        picture = rng.integers(0, 256, (height, width, 3), np.uint8)
        linear = cv2.resize(picture, (new_width, new_height), interpolation=cv2.INTER_LINEAR)
        smooth = Image.fromarray(picture).resize((new_width, new_height), Image.Resampling.BILINEAR)
        cases.append(
            {
                "from": [width, height],
                "to": [new_width, new_height],
                "pixels": numbers(picture),
                "opencv": numbers(linear),
                "pillow": numbers(np.asarray(smooth)),
            }
        )
    (HERE / "scaled.json").write_text(json.dumps({"cases": cases}) + "\n")


main()
