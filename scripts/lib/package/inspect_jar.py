"""Inspects executable jars without running them: JAR... Fails, naming each fault: entries, manifest, services, licences; of each
native library the processor, the system's version, exports, what it needs, and that it has no debug symbols."""

import importlib.util
import pathlib
import re
import sys
import tempfile
import zipfile

import lief

LIB = pathlib.Path(__file__).parent.parent
spec = importlib.util.spec_from_file_location("check_library", LIB / "check-library.py")
check_library = importlib.util.module_from_spec(spec)
spec.loader.exec_module(check_library)

BACKENDS = ("cpubackend", "cudabackend", "metalbackend", "onnxruntimebackend", "openvinobackend", "qnnbackend", "vector")
MANIFEST = {
    "Main-Class": "dev.gatun.cli.Main",
    "Enable-Native-Access": "ALL-UNNAMED",
    "Multi-Release": "true",
}

# What a vendor's libraries may need besides what ours do: parts of the system, what every installation of it has, or what comes
# with the driver of a GPU or NPU (OpenCL, Level Zero's loader, without which OpenVINO's plugins for these are left aside).
VENDOR_LIBRARIES = {
    "linux": r"libdl\.so\.2|libpthread\.so\.0|librt\.so\.1|libutil\.so\.1|libstdc\+\+\.so\.6|libgcc_s\.so\.1|libOpenCL\.so\.1",
    # OpenVINO's threads are bound to cores by TBB's libtbbbind, which names Homebrew's place of hwloc; without it they are not.
    "macos": r"/usr/lib/lib[\w.+]+\.dylib|/System/Library/Frameworks/.*|/usr/local/lib/libhwloc\.15\.dylib",
    "windows": r"(api-ms-win|ext-ms)-.*\.dll|(MSVCP140|VCRUNTIME140)(_1)?\.dll|(KERNEL32|ADVAPI32|dbghelp|dxgi|D3D12|d3d11|SETUPAPI|dxcore|ntdll|ole32|SHLWAPI|USER32|bcrypt|CFGMGR32|msvcrt|SHELL32|OpenCL|WINTRUST|WS2_32|ze_loader)\.dll",
}

# A function that the backend calls first.
VENDOR_EXPORTS = {"onnxruntime": "OrtGetApiBase", "openvino_c": "ov_get_openvino_version", "nvrtc": "nvrtcCompileProgram"}

# What a flavour has inside, by the folder's name.
FLAVOURS = {"onnxruntime": "ai/onnxruntime/", "openvino": "runtimes/openvino/", "cuda13": "runtimes/cuda/"}

NATIVE = re.compile(r".*\.(so(\.\d+)*|dylib|jnilib|dll)")


def manifest(jar):
    text = jar.read("META-INF/MANIFEST.MF").decode().replace("\r\n ", "").replace("\r\n", "\n")
    return dict(line.split(": ", 1) for line in text.split("\n") if line)


def check_entries(jar, problems):
    names = [entry.filename for entry in jar.infolist()]
    if len(set(names)) < len(names):
        problems.append("has two entries of a name")
    if names[:1] != ["META-INF/MANIFEST.MF"] or names[1:] != sorted(names[1:]):
        problems.append("has entries that are not sorted after the manifest")
    if {entry.date_time for entry in jar.infolist()} != {(2026, 1, 1, 0, 0, 0)}:
        problems.append("has entries with a time of their own")
    for name in names:
        if name.endswith("module-info.class") or re.fullmatch(r"META-INF/[^/]*\.(SF|RSA|DSA|EC)", name):
            problems.append(f"has {name}")
        if "dSYM" in name or name.endswith((".pdb", ".debug")):
            problems.append(f"has debug symbols: {name}")
    return set(names)


def check_manifest(jar, problems):
    found = manifest(jar)
    for name, value in MANIFEST.items():
        if found.get(name) != value:
            problems.append(f"says {name}: {found.get(name)} in its manifest, not {value}")
    return found


def check_services(jar, names, problems):
    """Every provider that is named is there, and every backend is named."""
    named = {}
    for service in (name for name in names if name.startswith("META-INF/services/")):
        lines = jar.read(service).decode().split("\n")
        named[service] = [line for line in lines if line]
        for line in named[service]:
            if line.replace(".", "/") + ".class" not in names:
                problems.append(f"names {line} in {service}, but has no such class")
    backends = named.get("META-INF/services/dev.gatun.runtime.spi.BackendProvider", [])
    for backend in BACKENDS:
        if not any(line.startswith(f"dev.gatun.{backend}.") for line in backends):
            problems.append(f"does not name the backend of dev.gatun.{backend}")


def check_licences(jar, names, problems):
    listed = re.findall(r"META-INF/licenses/\S+", jar.read("META-INF/NOTICE").decode())
    for folder in listed:
        if not any(name.startswith(f"{folder}/LICENSE") for name in names):
            problems.append(f"lists {folder}, but has no licence there")
    for prefix in ("org/apache/commons/", "com/fasterxml/jackson/", "org/jline/", "picocli/", "org/snakeyaml/", "ai/onnxruntime/", "runtimes/openvino/", "runtimes/cuda/"):
        word = prefix.strip("/").split("/")[-1]
        if any(name.startswith(prefix) for name in names) and not any(f"/{word}-" in folder for folder in listed):
            problems.append(f"has {prefix}, but no notice of it")


def check_vendor(name, path, platform, siblings, problems):
    """A library that is not ours."""
    system, machine = platform.split("-")
    binary = lief.parse(str(path))
    kinds = {"linux": (lief.ELF.Binary, check_library.elf), "macos": (lief.MachO.Binary, check_library.macho)}
    kind, read = kinds.get(system, (lief.PE.Binary, check_library.pe))
    if not isinstance(binary, kind):
        problems.append(f"{name} is no library of {system}")
        return
    faults = []
    if kind is lief.PE.Binary and not binary.has_exports:
        problems.append(f"{name} exports nothing")
        return
    found, names, libraries = read(binary, faults)
    # Vendors promise other versions of the system than we do, and keep names and run paths.
    faults = [fault for fault in faults if "debug symbols" in fault]
    problems.extend(f"{name} {fault}" for fault in faults)
    problems.extend(f"{name} {fault}" for fault in check_library.other_machine(found, machine))
    allowed = check_library.SYSTEM_LIBRARIES[system] + "|" + VENDOR_LIBRARIES[system]
    for library in libraries:
        own = library.rpartition("/")[2] in siblings or library.startswith("@rpath/")
        if not own and not re.fullmatch(allowed, library, re.IGNORECASE if system == "windows" else 0):
            problems.append(f"{name} needs {library}")
    for vendor, export in VENDOR_EXPORTS.items():
        versions = rf"(lib)?{vendor}(64_\d+_\d+)?(\.\d+)?\.(so|dylib|dll)(\.\d+)?"
        if re.fullmatch(versions, path.name) and export not in names:
            problems.append(f"{name} does not export {export}")


def check_natives(jar, names, platform, flavour, problems):
    natives = sorted(name for name in names if NATIVE.fullmatch(name))
    ours = [name for name in natives if name.startswith("native/")]
    if len(ours) != 1 or not ours[0].startswith(f"native/{platform}/"):
        problems.append(f"has {', '.join(ours) or 'none'} of our kernels, not those for {platform}")
    for vendor, folder in FLAVOURS.items():
        if any(name.startswith(folder) for name in natives) != (flavour == vendor):
            problems.append(f"is of the flavour {flavour}, but has {', '.join(natives)}")
    check_runtimes(jar, names, platform, problems)
    with tempfile.TemporaryDirectory() as folder:
        for name in natives:
            path = pathlib.Path(folder) / pathlib.Path(name).name
            path.write_bytes(jar.read(name))
            if name in ours:
                faults, _ = check_library.check(platform, str(path), LIB.parent.parent / "native/cpu/include/gatun_cpu.h")
                problems.extend(f"{name} {fault}" for fault in faults)
            else:
                siblings = {other.rpartition("/")[2] for other in natives}
                check_vendor(name, path, platform, siblings, problems)
    return natives


def check_runtimes(jar, names, platform, problems):
    """What a vendor's runtime lists is there, and nothing else."""
    for folder in sorted({name.rpartition("/")[0] for name in names if name.startswith("runtimes/")}):
        if not folder.endswith(f"/{platform}"):
            problems.append(f"has {folder}, which is not for {platform}")
        listed = {f"{folder}/{file}" for file in jar.read(f"{folder}/files").decode().split("\n") if file}
        there = {name for name in names if name.startswith(folder + "/")} - {f"{folder}/files"}
        if listed != there:
            problems.append(f"lists and has different files in {folder}: {', '.join(sorted(listed ^ there))}")


def inspect(path):
    problems = []
    with zipfile.ZipFile(path) as jar:
        names = check_entries(jar, problems)
        found = check_manifest(jar, problems)
        check_services(jar, names, problems)
        check_licences(jar, names, problems)
        natives = check_natives(jar, names, found["Gatun-Platform"], found["Gatun-Flavour"], problems)
    return problems, natives


def main(paths):
    failed = False
    for path in map(pathlib.Path, paths):
        problems, natives = inspect(path)
        for problem in problems:
            print(f"{path.name} {problem}", file=sys.stderr)
        failed = failed or bool(problems)
        print(f"{path.name}: {path.stat().st_size / 1e6:.1f} MB, {', '.join(name.rpartition('/')[2] for name in natives)}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main(sys.argv[1:])
