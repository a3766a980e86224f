# Compiler settings shared by every target.

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Debug or Release" FORCE)
endif()

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
# Static libraries may end up in a Python module.
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

# Repeated builds are answered by ccache when it is there, also from another checkout's cache.
if(NOT DEFINED CMAKE_CXX_COMPILER_LAUNCHER)
  find_program(BURGEON_CCACHE ccache)
  mark_as_advanced(BURGEON_CCACHE)
  if(BURGEON_CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env "CCACHE_BASEDIR=${CMAKE_SOURCE_DIR}"
                                    "${BURGEON_CCACHE}")
  endif()
endif()

# Folders that every file may name in an #include: "base/types.h", "models/catalogue.h".
include_directories("${CMAKE_SOURCE_DIR}/src" "${CMAKE_SOURCE_DIR}")

add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion)
# A designated initialiser leaves out what keeps its default, on purpose.
add_compile_options(-Wno-missing-field-initializers)
if(BURGEON_WERROR)
  add_compile_options(-Werror)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # False alarms of GCC 12 in its own string and vector headers at -O2 and above:
  # -Wrestrict is PR 105651; the other two stay visible but never stop a build.
  add_compile_options(-Wno-missing-field-initializers -Wno-restrict -Wno-error=array-bounds -Wno-error=stringop-overflow)
elseif(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  # A '#pragma omp simd' loop that did not vectorise is worth a warning, not a failure.
  add_compile_options(-Wno-error=pass-failed)
endif()

# One floating-point meaning everywhere: no contraction into FMA, no reassociation.
add_compile_options(-fno-math-errno -fno-trapping-math -ffp-contract=off
                    -fno-semantic-interposition)
if(BURGEON_OPENMP_SIMD)
  add_compile_options(-fopenmp-simd)
else()
  add_compile_options(-Wno-unknown-pragmas)
endif()
if(BURGEON_STRICT_LIBM)
  # GCC and Clang fold calls with constant arguments with different libraries.
  foreach(function exp exp2 expm1 log log2 log10 log1p pow sin cos tan tanh sinh cosh atan atan2
                   cbrt hypot erf erfc tgamma lgamma)
    add_compile_options(-fno-builtin-${function} -fno-builtin-${function}f)
  endforeach()
endif()

if(BURGEON_SANITIZE)
  add_compile_options(-fsanitize=${BURGEON_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${BURGEON_SANITIZE})
  if(BURGEON_SANITIZE MATCHES "undefined")
    add_compile_options(-fno-sanitize-recover=undefined)
  endif()
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # Instrumented code confuses GCC's flow analysis.
    add_compile_options(-Wno-maybe-uninitialized -Wno-array-bounds -Wno-stringop-overflow)
  elseif(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    add_compile_options(-Wno-pass-failed)
  endif()
endif()

# lld links several times faster than GNU ld.
include(CheckLinkerFlag)
find_program(BURGEON_LLD NAMES ld.lld)
mark_as_advanced(BURGEON_LLD)
if(BURGEON_LLD AND NOT APPLE)
  check_linker_flag(CXX "-fuse-ld=lld" BURGEON_HAVE_LLD)
  if(BURGEON_HAVE_LLD)
    add_link_options(-fuse-ld=lld)
  endif()
endif()
