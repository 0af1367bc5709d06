"""Speech that silero-vad's own code finds, with its model in ONNX Runtime.

Usage: python make_goldens.py SILERO_FOLDER
SILERO_FOLDER is the unpacked wheel silero_vad-6.2.3. Makes talk.wav (espeak-ng), talk.json and
segments.json; README.md has the versions.
"""

import importlib.util
import json
import pathlib
import subprocess
import sys
import unittest.mock
import wave

import numpy as np
import onnxruntime
import scipy.io.wavfile
import scipy.signal

HERE = pathlib.Path(__file__).resolve().parent
RATE = 16000
CHUNK = 512
CONTEXT = 64


def package(folder):
    """The package's segment logic, which needs PyTorch for its imports only."""
    sys.modules["torch"] = unittest.mock.MagicMock()
    path = folder / "silero_vad" / "utils_vad.py"
    spec = importlib.util.spec_from_file_location("utils_vad", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    del sys.modules["torch"]
    return module.get_speech_timestamps_from_probs


def spoken(text, *options):
    path = HERE / "part.wav"
    subprocess.run(["espeak-ng", "-w", str(path), *options, text], check=True)
    rate, samples = scipy.io.wavfile.read(path)
    path.unlink()
    return scipy.signal.resample_poly(samples.astype(np.float64), RATE, rate)


def talk():
    silence = lambda seconds: np.zeros(int(seconds * RATE))
    parts = [silence(0.6), spoken("Good morning."), silence(0.7)]
    parts += [spoken("How are you today?", "-v", "en+f3"), silence(0.5)]
    noise = np.random.default_rng(1).normal(0, 300, RATE // 2)
    parts += [noise, silence(0.4), spoken("Fine, thank you.", "-s", "140")]
    samples = np.clip(np.round(np.concatenate(parts)), -32768, 32767).astype("<i2")
    with wave.open(str(HERE / "talk.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())
    return samples.astype(np.float32) / 32768


def probabilities(session, samples):
    state = np.zeros((2, 1, 128), np.float32)
    context = np.zeros(CONTEXT, np.float32)
    result = []
    for start in range(0, len(samples), CHUNK):
        chunk = samples[start : start + CHUNK]
        chunk = np.pad(chunk, (0, CHUNK - len(chunk)))
        window = np.concatenate([context, chunk])[None]
        output, state = session.run(
            None, {"input": window, "state": state, "sr": np.array(RATE, np.int64)}
        )
        context = chunk[-CONTEXT:]
        result.append(float(output[0, 0]))
    return result


def random_cases(segments):
    rng = np.random.default_rng(7)
    options = [
        {},
        {"threshold": 0.3},
        {"min_speech_duration_ms": 0, "min_silence_duration_ms": 0, "speech_pad_ms": 0},
        {"speech_pad_ms": 400, "min_silence_duration_ms": 300},
        {"max_speech_duration_s": 2},
        {"max_speech_duration_s": 1, "speech_pad_ms": 100},
    ]
    cases = []
    for i in range(24):
        count = int(rng.integers(1, 220))
        walk = np.cumsum(rng.normal(0, 0.25, count)) + rng.normal(0, 0.05, count)
        values = np.round(0.5 + 0.5 * np.sin(walk), 3)
        if i % 6 > 3:
            values = np.round(np.where(rng.random(count) < 0.1, values, 0.7 + 0.3 * values), 3)
        samples = int((count - 1) * CHUNK + rng.integers(1, CHUNK + 1))
        found = segments(values.tolist(), audio_length_samples=samples, **options[i % 6])
        cases.append(
            {
                "options": options[i % 6],
                "samples": samples,
                "probabilities": values.tolist(),
                "segments": [[int(each["start"]), int(each["end"])] for each in found],
            }
        )
    return cases


def main():
    folder = pathlib.Path(sys.argv[1])
    segments = package(folder)
    samples = talk()
    model = folder / "silero_vad" / "data" / "silero_vad.onnx"
    values = probabilities(onnxruntime.InferenceSession(model), samples)
    found = segments(values, audio_length_samples=len(samples))
    golden = {
        "samples": len(samples),
        "probabilities": [round(value, 6) for value in values],
        "segments": [[int(each["start"]), int(each["end"])] for each in found],
    }
    (HERE / "talk.json").write_text(json.dumps(golden) + "\n")
    cases = random_cases(segments)
    (HERE / "segments.json").write_text(json.dumps({"cases": cases}) + "\n")
    print(golden["segments"], [len(case["segments"]) for case in cases])


main()
