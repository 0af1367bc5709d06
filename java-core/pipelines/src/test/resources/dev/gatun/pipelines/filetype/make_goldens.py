"""What magika's Python package says of many small files.

Usage: python make_goldens.py
Makes files.json: name, content (base64) and magika's answer in its three modes; README.md has the
versions.
"""

import base64
import bz2
import gzip
import hashlib
import io
import json
import pathlib
import struct
import tarfile
import zipfile
import zlib

import magika
import numpy as np
from magika.types import PredictionMode

HERE = pathlib.Path(__file__).resolve().parent

PYTHON = '''import sys


class Counter:
    """Counts words."""

    def __init__(self):
        self.words = {}

    def add(self, line):
        for word in line.split():
            self.words[word] = self.words.get(word, 0) + 1


if __name__ == "__main__":
    counter = Counter()
    for line in sys.stdin:
        counter.add(line)
    print(counter.words)
'''
JAVA = '''package example;

import java.util.List;

/** Greets. */
public final class Hello {
  private Hello() {}

  public static void main(String[] args) {
    for (String name : List.of(args)) {
      System.out.println("Hello, " + name);
    }
  }
}
'''
TEXTS = {
    "a.py": PYTHON,
    "b.java": JAVA,
    "c.c": '#include <stdio.h>\n\nint main(int argc, char **argv) {\n  for (int i = 0; i < argc; i++) {\n    printf("%s\\n", argv[i]);\n  }\n  return 0;\n}\n',
    "d.json": json.dumps({"name": "gatun", "locks": [1, 2, 3], "nested": {"deep": None}}, indent=2),
    "e.xml": '<?xml version="1.0"?>\n<project><name>gatun</name><modules><module>a</module></modules></project>\n',
    "f.html": "<!DOCTYPE html>\n<html><head><title>Locks</title></head><body><h1>Hi</h1><p>text</p></body></html>\n",
    "g.md": "# Title\n\nSome *text* with a [link](https://example.org).\n\n- one\n- two\n\n```sh\nls -l\n```\n",
    "h.sh": '#!/usr/bin/env bash\nset -eu\nfor f in "$@"; do\n  echo "$f"\ndone\n',
    "i.css": "body {\n  margin: 0;\n  color: #333;\n}\n\n.box > p:hover { padding: 1em 2em; }\n",
    "j.sql": "SELECT a.id, count(*) FROM locks a JOIN ships s ON s.lock = a.id WHERE s.tons > 10 GROUP BY a.id;\n",
    "k.yaml": "version: 2\njobs:\n  build:\n    steps:\n      - checkout\n      - run: make test\n",
    "l.toml": '[package]\nname = "gatun"\nversion = "0.1.0"\n\n[dependencies]\nserde = "1"\n',
    "m.csv": "id,name,tons\n1,Ever,220000\n2,Emma,170000\n3,Maersk,180000\n",
    "n.js": "const fs = require('fs');\n\nfunction read(path) {\n  return fs.readFileSync(path, 'utf8').split('\\n');\n}\n\nmodule.exports = { read };\n",
    "o.rs": 'fn main() {\n    let names: Vec<String> = std::env::args().collect();\n    for n in &names {\n        println!("{}", n);\n    }\n}\n',
    "p.go": 'package main\n\nimport "fmt"\n\nfunc main() {\n\tfor i := 0; i < 3; i++ {\n\t\tfmt.Println(i)\n\t}\n}\n',
    "q.txt": "The lock chambers are filled by gravity alone. No pumps are used. " * 20,
    "r.Dockerfile": "FROM debian:12\nRUN apt-get update && apt-get install -y curl\nCOPY . /app\nENTRYPOINT [\"/app/run\"]\n",
    "s.ini": "[core]\nname = gatun\n; comment\npath=/usr/lib\n\n[other]\nx = 1\n",
    "t.tex": "\\documentclass{article}\n\\begin{document}\nHello $x^2$.\n\\section{One}\n\\end{document}\n",
    "u.utf8": "\u00dcber die Schleusen: \u65e5\u672c\u8a9e\u306e\u6587\u7ae0\u3067\u3059\u3002" * 8,
    "v.diff": "--- a/x.txt\n+++ b/x.txt\n@@ -1,2 +1,2 @@\n-old line\n+new line\n same\n",
    "w.few": "abc",
    "w7.few": "1234567",
    "w8.few": "12345678",
    "x.spaces": " \t\r\n\x0b\x0c" * 50,
    "y.spaces-few": "  \n" * 100 + "abc" + "\n" * 50,
    "z.spaces-long": "\n" * 5000 + PYTHON + " " * 5000,
}


def zipped(*names):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            info = zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0))
            archive.writestr(info, "content of " + name)
    return buffer.getvalue()


def tarred():
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        info = tarfile.TarInfo("a.txt")
        info.size = len(JAVA)
        archive.addfile(info, io.BytesIO(JAVA.encode()))
    return buffer.getvalue()


def png():
    def chunk(kind, data):
        crc = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", crc)

    rows = b"".join(b"\0" + bytes(range(30)) for _ in range(10))
    header = struct.pack(">IIBBBBB", 10, 10, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def wav():
    data = (np.sin(np.arange(400) / 9) * 9000).astype("<i2").tobytes()
    head = b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 16000, 2, 16)
    return b"RIFF" + struct.pack("<I", 36 + len(data)) + head + b"data" + struct.pack("<I", len(data)) + data


def npy():
    buffer = io.BytesIO()
    np.save(buffer, np.arange(60, dtype=np.float32))
    return buffer.getvalue()


def cases():
    rng = np.random.default_rng(3)
    files = {name: text.encode() for name, text in TEXTS.items()}
    files["empty"] = b""
    files["few.bin"] = bytes([0xFF, 0xFE, 0x80])
    files["spaces.bin"] = b" " * 30 + bytes([0xC3]) + b"\n"
    files["random.bin"] = rng.integers(0, 256, 5000, np.uint8).tobytes()
    files["zeros.bin"] = bytes(3000)
    files["cut.bin"] = b"\n" * 4090 + "\u65e5\u672c".encode() + b"x" * 9000
    files["a.zip"] = zipped("a.txt", "b/c.txt")
    files["a.jar"] = zipped("META-INF/MANIFEST.MF", "a/B.class")
    files["a.gz"] = gzip.compress(PYTHON.encode(), mtime=0)
    files["a.bz2"] = bz2.compress(PYTHON.encode())
    files["a.tar"] = tarred()
    files["a.png"] = png()
    files["a.wav"] = wav()
    files["a.npy"] = npy()
    files["a.bmp"] = b"BM" + struct.pack("<IHHIIiiHHIIiiII", 54 + 300, 0, 0, 54, 40, 10, 10, 1, 24, 0, 300, 2835, 2835, 0, 0) + bytes(range(250)) + bytes(50)
    files["a.pdf"] = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [] /Count 0 >>\nendobj\nxref\n0 3\ntrailer\n<< /Root 1 0 R /Size 3 >>\nstartxref\n100\n%%EOF\n"
    files["a.class"] = bytes.fromhex("cafebabe00000041") + struct.pack(">H", 20) + b"\x0a\x00\x02\x00\x03\x07\x00\x04\x0c\x00\x05\x00\x06\x01\x00\x10java/lang/Object\x01\x00\x06<init>\x01\x00\x03()V" * 3
    files["a.elf"] = b"\x7fELF\x02\x01\x01" + bytes(9) + struct.pack("<HHIQQQ", 3, 62, 1, 0x1040, 64, 5000) + bytes(200) + b"/lib64/ld-linux-x86-64.so.2\0libc.so.6\0puts\0" * 8 + bytes(300)
    files["4096.txt"] = (JAVA * 20).encode()[:4096]
    files["4097.txt"] = (JAVA * 20).encode()[:4097]
    files["1024.txt"] = (PYTHON * 20).encode()[:1024]
    files["1030.txt"] = b"  \n" + (PYTHON * 20).encode()[:1024] + b" \n\n"
    return files


def main():
    modes = {
        "high": PredictionMode.HIGH_CONFIDENCE,
        "medium": PredictionMode.MEDIUM_CONFIDENCE,
        "guess": PredictionMode.BEST_GUESS,
    }
    readers = {name: magika.Magika(prediction_mode=mode) for name, mode in modes.items()}
    config = readers["high"]._model_config
    result = []
    for name, content in cases().items():
        case = {"name": name, "content": base64.b64encode(content).decode()}
        for mode, reader in readers.items():
            answer = reader.identify_bytes(content).prediction
            case[mode] = str(answer.output.label)
        case["score"] = answer.score
        case["model"] = str(answer.dl.label)
        answer, features = readers["high"]._get_result_or_features_from_seekable(
            magika.magika.Seekable(io.BytesIO(content))
        )
        if features is not None:
            tokens = np.array(features.beg + features.end, "<i4")
            case["tokens"] = hashlib.sha256(tokens.tobytes()).hexdigest()
        result.append(case)
    info = readers["high"]._cts_infos
    described = {
        label: [kind.description, kind.group, kind.mime_type, kind.is_text, kind.extensions]
        for label, kind in ((str(k), v) for k, v in info.items())
        if label in ("python", "png", "unknown", "txt", "empty", "jar")
    }
    golden = {
        "tokens": [config.beg_size, config.end_size],
        "described": described,
        "files": result,
    }
    (HERE / "files.json").write_text(json.dumps(golden, indent=1) + "\n")
    for case in result:
        print(case["name"], case["high"], case["medium"], case["model"], round(case["score"], 3))


main()
