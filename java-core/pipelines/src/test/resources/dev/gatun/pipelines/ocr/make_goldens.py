"""Boxes that OpenCV and Clipper find in maps of probabilities, and pictures that OpenCV straightens.

Usage: python make_goldens.py
Makes boxes.json and straight.json; README.md has the versions.
"""

import json
import pathlib

import cv2
import numpy as np
import pyclipper

HERE = pathlib.Path(__file__).resolve().parent


def corners(points):
    rectangle = cv2.minAreaRect(points)
    return cv2.boxPoints(rectangle), min(rectangle[1])


def grown(box):
    edges = np.roll(box, -1, 0) - box
    distance = cv2.contourArea(box) * 1.5 / np.hypot(edges[:, 0], edges[:, 1]).sum()
    offset = pyclipper.PyclipperOffset()
    offset.AddPath((box * 1000).astype(int).tolist(), pyclipper.JT_ROUND, pyclipper.ET_CLOSEDPOLYGON)
    return np.array(offset.Execute(distance * 1000)[0], np.float32) / 1000


def boxes(values, picture_width, picture_height):
    height, width = values.shape
    contours, _ = cv2.findContours(
        (values > 0.3).astype(np.uint8) * 255, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE
    )
    found = []
    for contour in contours:
        box, side = corners(contour)
        if side < 3:
            continue
        mask = np.zeros(values.shape, np.uint8)
        cv2.fillPoly(mask, [box.astype(np.int32)], 1)
        if cv2.mean(values, mask)[0] < 0.6:
            continue
        box, side = corners(grown(box))
        if side < 5:
            continue
        box[:, 0] = np.clip(np.round(box[:, 0] / width * picture_width), 0, picture_width - 1)
        box[:, 1] = np.clip(np.round(box[:, 1] / height * picture_height), 0, picture_height - 1)
        found.append(box.tolist())
    return found


def maps():
    rng = np.random.default_rng(11)
    for i in range(8):
        width, height = 32 * int(rng.integers(4, 10)), 32 * int(rng.integers(4, 10))
        values = np.zeros((height, width), np.float32)
        for _ in range(9):
            center = (int(rng.integers(0, width)), int(rng.integers(0, height)))
            size = (int(rng.integers(4, 60)), int(rng.integers(2, 14)))
            angle = float(rng.choice([0, 0, rng.uniform(-40, 40), 90]))
            box = cv2.boxPoints((center, size, angle)).astype(np.int32)
            cv2.fillPoly(values, [box], float(rng.uniform(0.5, 1)))
        values = cv2.GaussianBlur(values, (3, 3), 0.6) if i % 2 else values
        yield np.round(values * 255).astype(np.uint8), int(width * 1.7), int(height * 1.3)


def straight():
    rng = np.random.default_rng(12)
    small = rng.integers(0, 256, (9, 12, 3), np.uint8)
    picture = cv2.resize(small, (120, 90), interpolation=cv2.INTER_CUBIC)
    cases = []
    for box in (
        [[10, 12], [70, 12], [70, 30], [10, 30]],
        [[20, 40], [80, 20], [88, 44], [28, 64]],
        [[60, 5], [80, 5], [80, 85], [60, 85]],
        [[0, 60], [119, 66], [117, 89], [2, 80]],
    ):
        points = np.array(box, np.float32)
        length = lambda a, b: float(np.hypot(*(points[a] - points[b])))
        width, height = int(max(length(0, 1), length(2, 3))), int(max(length(0, 3), length(1, 2)))
        target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
        part = cv2.warpPerspective(
            picture,
            cv2.getPerspectiveTransform(points, target),
            (width, height),
            flags=cv2.INTER_CUBIC,
            borderMode=cv2.BORDER_REPLICATE,
        )
        part = np.rot90(part) if height / width >= 1.5 else part
        cases.append({"box": box, "size": [part.shape[1], part.shape[0]], "pixels": numbers(part)})
    size = [picture.shape[1], picture.shape[0]]
    return {"size": size, "pixels": numbers(picture), "cases": cases}


def numbers(picture):
    wide = picture.astype(np.int64)
    return (wide[..., 0] << 16 | wide[..., 1] << 8 | wide[..., 2]).flatten().tolist()


def runs(values):
    """Run lengths: value, count, value, count, ..."""
    flat = values.flatten().tolist()
    result = []
    for value in flat:
        if result and result[-2] == value:
            result[-1] += 1
        else:
            result += [value, 1]
    return result


def main():
    cases = []
    for values, picture_width, picture_height in maps():
        found = boxes(values.astype(np.float32) / 255, picture_width, picture_height)
        cases.append(
            {
                "size": [values.shape[1], values.shape[0]],
                "picture": [picture_width, picture_height],
                "runs": runs(values),
                "boxes": found,
            }
        )
    (HERE / "boxes.json").write_text(json.dumps({"cases": cases}) + "\n")
    (HERE / "straight.json").write_text(json.dumps(straight()) + "\n")
    print([len(case["boxes"]) for case in cases])


main()
