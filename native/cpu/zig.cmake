# Toolchain for cross builds: zig's C compiler, which brings the C libraries of all systems along.
# Needs -DGATUN_ZIG (the program), -DGATUN_AR (a program that runs `zig ar`), -DGATUN_TARGET (zig's name of the target),
# -DGATUN_SYSTEM and -DGATUN_PROCESSOR (CMake's names); scripts/build-native gives them.
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES GATUN_ZIG GATUN_AR GATUN_TARGET GATUN_SYSTEM GATUN_PROCESSOR)
set(CMAKE_SYSTEM_NAME ${GATUN_SYSTEM})
set(CMAKE_SYSTEM_PROCESSOR ${GATUN_PROCESSOR})
set(CMAKE_C_COMPILER ${GATUN_ZIG} cc)
set(CMAKE_C_COMPILER_TARGET ${GATUN_TARGET})
set(CMAKE_AR ${GATUN_AR})
set(CMAKE_SHARED_LINKER_FLAGS_INIT -s)
