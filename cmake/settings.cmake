# The language, the warnings and the sanitizers that every target of ours gets.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

# Dev compiles fast and keeps asserts; line tables are enough for a stack trace.
set(CMAKE_CXX_FLAGS_DEV "-O1 -g1")
set(CMAKE_C_FLAGS_DEV "-O1 -g1")
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1 -DNDEBUG")

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # The precompiled header makes ccache compare more than it can know; the sloppiness is what its manual asks for.
  # The base directory lets two build folders, or two clones, share what they compiled.
  set(launcher ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1
    "CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime" ${CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
  set(CMAKE_C_COMPILER_LAUNCHER ${launcher})
endif()

set(WENMING_SANITIZER "" CACHE STRING "Sanitizers to build with, as -fsanitize= takes them")
if(WENMING_SANITIZER)
  add_compile_options(-fsanitize=${WENMING_SANITIZER} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${WENMING_SANITIZER})
  # GCC sees uninitialised values in instrumented standard headers (<regex>) that are none, as its manual warns.
  add_compile_options($<$<CXX_COMPILER_ID:GNU>:-Wno-error=maybe-uninitialized>)
endif()

option(WENMING_FUZZ "Build the targets of tests/fuzz with libFuzzer; needs clang" OFF)
if(WENMING_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

add_library(wenming_settings INTERFACE)
target_compile_options(wenming_settings INTERFACE
  -Wall -Wextra -Werror -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)
if(WENMING_FUZZ)
  # RapidJSON adds offsets to null pointers, which clang alone looks for.
  target_compile_options(wenming_settings INTERFACE -fno-sanitize=pointer-overflow)
endif()
target_include_directories(wenming_settings INTERFACE ${CMAKE_SOURCE_DIR})
