"""Checks a built library of native/cpu: PLATFORM LIBRARY HEADER. Fails, saying why, unless it is for that platform, exports
what the header declares and nothing else, needs only libraries of the system, and no later version of them than promised."""

import os
import re
import sys

import lief

lief.logging.disable()

GLIBC = (2, 28)
MACOS = (11, 0)

# What each system has, wherever a JDK 25 runs.
SYSTEM_LIBRARIES = {
    "linux": r"libc\.so\.6|libm\.so\.6|ld-linux-(x86-64|aarch64)\.so\.[12]",
    "musl": r"libc\.so",
    "macos": r"/usr/lib/libSystem\.B\.dylib",
    "windows": r"KERNEL32\.dll|api-ms-win-crt-[a-z]+-l1-1-0\.dll",
}


def version(text):
    return tuple(int(part) for part in re.findall(r"\d+", text))


def elf(binary, problems):
    for need in binary.symbols_version_requirement:
        for symbol in need.get_auxiliary_symbols():
            if symbol.name.startswith("GLIBC_") and version(symbol.name) > GLIBC:
                problems.append(f"needs {symbol.name}")
    sections = {section.name for section in binary.sections}
    if any(name.startswith((".debug", ".zdebug")) for name in sections):
        problems.append("has debug symbols")
    if ".symtab" in sections:
        problems.append("is not stripped")
    if binary.get(lief.ELF.DynamicEntry.TAG.RPATH) or binary.get(lief.ELF.DynamicEntry.TAG.RUNPATH):
        problems.append("has a run path")
    names = [symbol.name for symbol in binary.exported_symbols]
    return str(binary.header.machine_type), names, binary.libraries


def macho(binary, problems):
    if tuple(binary.build_version.minos[:2]) > MACOS:
        problems.append(f"needs macOS {binary.build_version.minos}")
    names = [symbol.name.removeprefix("_") for symbol in binary.exported_symbols]
    # The linker's own names of the file's start.
    names = [name for name in names if name not in ("_mh_dylib_header", "__dso_handle")]
    # A library's own name stands among those of the libraries that it needs.
    needed = [library.name for library in binary.libraries if library.command != lief.MachO.LoadCommand.TYPE.ID_DYLIB]
    return str(binary.header.cpu_type), names, needed


def pe(binary, _):
    names = [entry.name for entry in binary.get_export().entries]
    return str(binary.header.machine), names, binary.libraries


def other_machine(found, machine):
    wanted = {"x86_64": ("X86_64", "AMD64"), "aarch64": ("AARCH64", "ARM64")}[machine]
    return [] if found.rpartition(".")[2] in wanted else [f"is for {found}"]


def check(platform, path, header):
    """What is wrong with the library, and its description."""
    binary = lief.parse(path)
    kinds = {"linux": (lief.ELF.Binary, elf), "macos": (lief.MachO.Binary, macho), "windows": (lief.PE.Binary, pe)}
    system, machine = platform.split("-")[:2]
    kind, read = kinds[system]
    if not isinstance(binary, kind):
        return ["is no library of that system"], ""
    problems = []
    found, names, libraries = read(binary, problems)
    problems.extend(other_machine(found, machine))
    declared = set(re.findall(r"^GATUN_CPU_EXPORT .*?(gatun_cpu_\w+)\(", open(header).read(), re.MULTILINE))
    for name in sorted(declared - set(names)):
        problems.append(f"does not export {name}")
    for name in sorted(set(names) - declared):
        problems.append(f"exports {name}, which the header does not declare")
    known = SYSTEM_LIBRARIES["musl" if platform.endswith("-musl") else system]
    for library in libraries:
        if not re.fullmatch(known, library):
            problems.append(f"needs {library}")
    return problems, f"{len(names)} exports, needs {', '.join(sorted(set(libraries)))}"


def main(platform, path, header):
    problems, description = check(platform, path, header)
    if problems:
        sys.exit("\n".join(f"{platform}: {path} {problem}" for problem in problems))
    print(f"{platform}: {os.path.getsize(path) // 1024} KiB, {description}")


if __name__ == "__main__":
    main(*sys.argv[1:])
