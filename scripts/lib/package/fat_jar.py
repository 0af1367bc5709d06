"""Merges the jars of a folder, and libraries of one platform, into one executable jar.

The same input gives the same bytes: entries are sorted and have one fixed time.
"""

import argparse
import json
import pathlib
import re
import sys
import zipfile

HERE = pathlib.Path(__file__).parent
MAIN = "dev.gatun.cli.Main"
TIME = (2026, 1, 1, 0, 0, 0)
# The Java that the jar is for; classes for later ones would never be loaded.
JAVA = 25

# What belongs to a jar as a jar, or to other tools.
LEFT_OUT = re.compile(
    r"META-INF/MANIFEST\.MF|META-INF/INDEX\.LIST|META-INF/maven/.*|META-INF/native-image/.*"
    r"|META-INF/[^/]*\.(SF|RSA|DSA|EC)|(META-INF/versions/\d+/)?module-info\.class|META-INF/jline/README\.md"
)
NOTICES = re.compile(r"(META-INF/)?[\w.-]*(LICENSE|LICENCE|NOTICE|ThirdPartyNotices)[\w.-]*", re.IGNORECASE)
NATIVE = re.compile(r".*\.(so(\.\d+)*|dylib|jnilib|dll)")

# Our own natives are given; of JLine's only this folder's is taken.
JLINE = {
    "linux-x86_64": "Linux/x86_64",
    "linux-aarch64": "Linux/arm64",
    "macos-aarch64": "Mac/arm64",
    "windows-x86_64": "Windows/x86_64",
    "windows-aarch64": "Windows/arm64",
}

# Components whose packages do not bring their licence: name, licence, its text (of another package, or a file here).
LICENCES = {
    "jackson-": ("Apache-2.0", None),
    "commons-": ("Apache-2.0", None),
    "jline-": ("BSD-3-Clause", HERE / "licences" / "jline.txt"),
    "picocli-": ("Apache-2.0", "jackson-core-"),
    "snakeyaml-": ("Apache-2.0", "jackson-core-"),
    "onnxruntime-": ("MIT", HERE / "licences" / "onnxruntime.txt"),
    "openvino-": ("Apache-2.0", None),
    "cuda-": ("NVIDIA Software License Agreement, CUDA Toolkit supplement", None),
}


# Of a vendor's runtime, the file that a backend loads, and the texts that are no part of it.
LOADED = {
    "openvino": re.compile(r"libopenvino_c\.so\.\d+|libopenvino_c\.\d+\.dylib|openvino_c\.dll"),
    "cuda": re.compile(r"libnvrtc\.so\.\d+|nvrtc64_\d+_\d+\.dll"),
}
LICENCE_TEXT = re.compile(r"LICEN[SC]E(\.txt)?|.*third-party-programs\.txt", re.IGNORECASE)


class Contents:
    """Entries by name; two different ones of a name are an error."""

    def __init__(self):
        self.entries = {}
        self.origin = {}

    def add(self, name, data, origin):
        if self.entries.get(name, data) != data:
            sys.exit(f"{name} is in {self.origin[name]} and, different, in {origin}")
        self.entries[name] = data
        self.origin[name] = origin

    def add_service(self, name, data):
        lines = self.entries.get(name, b"").decode().split("\n") + data.decode().split("\n")
        providers = [line.split("#")[0].strip() for line in lines]
        self.entries[name] = ("\n".join(sorted({line for line in providers if line})) + "\n").encode()


def licence(component):
    for prefix, known in LICENCES.items():
        if component.startswith(prefix):
            return known
    sys.exit(f"no licence is known of {component}: add it to LICENCES in {pathlib.Path(__file__).name}")


def of_jar(path, platform, contents, notices):
    own = path.name.startswith("gatun-")
    with zipfile.ZipFile(path) as jar:
        for name in jar.namelist():
            version = re.match(r"META-INF/versions/(\d+)/", name)
            if name.endswith("/") or LEFT_OUT.fullmatch(name) or (version and int(version[1]) > JAVA):
                continue
            if NATIVE.fullmatch(name) and (own or f"/{JLINE[platform]}/" not in name):
                continue
            data = jar.read(name)
            if not own and NOTICES.fullmatch(name):
                notices.setdefault(path.stem, {})[name.rpartition("/")[2]] = data
            elif name.startswith("META-INF/services/"):
                contents.add_service(name, data)
            else:
                contents.add(name, data, path.name)
        if not own:
            notices.setdefault(path.stem, {})


def add_notices(contents, notices):
    """Each component's licence and notices under META-INF/licenses, and a list of all."""
    apache = next(files["LICENSE"] for name, files in notices.items() if name.startswith("jackson-core-"))
    lines = ["Gatun contains these components, unchanged, but for JLine, of which one platform's library is here:", ""]
    for component in sorted(notices):
        name, text = licence(component)
        files = dict(notices[component])
        if not any(file.startswith("LICENSE") for file in files):
            files["LICENSE"] = text.read_bytes() if isinstance(text, pathlib.Path) else apache
        for file, data in files.items():
            contents.add(f"META-INF/licenses/{component}/{file}", data, component)
        lines.append(f"{component}: {name}, META-INF/licenses/{component}")
    contents.add("META-INF/NOTICE", ("\n".join(lines) + "\n").encode(), "notices")


def add_runtime(contents, notices, name, platform, folder):
    """A vendor's runtime as `gatun runtimes install` left it in a folder: its files, and a list that begins with the one to load."""
    told = json.loads((folder / "runtime.json").read_text())
    files = [file["name"] for file in told["files"]]
    texts = notices.setdefault(f"{name}-{told['runtime']}", {})
    for file in [file for file in files if LICENCE_TEXT.fullmatch(file)]:
        # Where all components' licences are; `License.txt` counts as LICENSE.
        texts["LICENSE" if file.upper().startswith("LICEN") else file] = (folder / file).read_bytes()
        files.remove(file)
    first = [file for file in files if LOADED[name].fullmatch(file)]
    if len(first) != 1:
        sys.exit(f"{folder} has {first or 'nothing'} to load")
    files.sort(key=lambda file: (file != first[0], file))
    inside = f"runtimes/{name}/{platform}"
    for file in files:
        contents.add(f"{inside}/{file}", (folder / file).read_bytes(), str(folder))
    contents.add(f"{inside}/files", ("\n".join(files) + "\n").encode(), str(folder))


def manifest(version, platform, flavour):
    lines = {
        "Manifest-Version": "1.0",
        "Main-Class": MAIN,
        "Implementation-Title": "Gatun",
        "Implementation-Version": version,
        "Enable-Native-Access": "ALL-UNNAMED",
        "Multi-Release": "true",
        "Gatun-Platform": platform,
        "Gatun-Flavour": flavour,
    }
    return "".join(f"{name}: {value}\r\n" for name, value in lines.items()).encode() + b"\r\n"


def write(path, entries):
    part = path.with_suffix(".part")
    # The manifest comes first: programs that read a jar as a stream look for it there.
    names = sorted(entries, key=lambda name: (name != "META-INF/MANIFEST.MF", name))
    with zipfile.ZipFile(part, "w") as jar:
        for name in names:
            entry = zipfile.ZipInfo(name, TIME)
            entry.external_attr = 0o644 << 16
            jar.writestr(entry, entries[name], zipfile.ZIP_DEFLATED, 9)
    part.replace(path)


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--version", required=True)
    options.add_argument("--platform", required=True, choices=sorted(JLINE))
    options.add_argument("--flavour", default="plain")
    options.add_argument("--jars", required=True, type=pathlib.Path, help="folder of the jars to merge")
    options.add_argument("--native", action="append", default=[], metavar="FOLDER=FILE", help="a library, and its folder in the jar")
    options.add_argument("--notice", action="append", default=[], metavar="COMPONENT=FILE", help="a text that must go with a component")
    options.add_argument("--runtime", action="append", default=[], metavar="NAME=FOLDER", help="a vendor's runtime, installed by gatun")
    options.add_argument("jar", type=pathlib.Path)
    given = options.parse_args()
    contents, notices = Contents(), {}
    for path in sorted(given.jars.glob("*.jar")):
        of_jar(path, given.platform, contents, notices)
    for pair in given.native:
        folder, _, file = pair.partition("=")
        path = pathlib.Path(file)
        contents.add(f"{folder}/{path.name}", path.read_bytes(), file)
    for pair in given.notice:
        component, _, file = pair.partition("=")
        texts = notices.setdefault(component, {})
        if file:
            texts[pathlib.Path(file).name] = pathlib.Path(file).read_bytes()
    for pair in given.runtime:
        name, _, folder = pair.partition("=")
        add_runtime(contents, notices, name, given.platform, pathlib.Path(folder))
    add_notices(contents, notices)
    contents.add("META-INF/MANIFEST.MF", manifest(given.version, given.platform, given.flavour), "manifest")
    write(given.jar, contents.entries)


if __name__ == "__main__":
    main()
