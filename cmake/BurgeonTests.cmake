# Tests: tests/<kind>/**/*_test.cpp, one executable <kind>_<name> each, labelled <kind>;
# tests/**/*_test.py run by Python; tests/bench/*.cpp are benchmarks and never run by ctest.

set(BURGEON_TEST_KINDS unit catalogue numerics statistics reference invariance property golden
                       science fuzz cluster)
set(BURGEON_TEST_TIMEOUT 300 CACHE STRING "Seconds before one test counts as hung")

set(burgeon_binary "${CMAKE_BINARY_DIR}/burgeon")
set(test_root "${CMAKE_SOURCE_DIR}/tests")

# Everything a C++ test links: all layers, all models, the support library, the test frameworks.
file(GLOB support_sources CONFIGURE_DEPENDS "${test_root}/support/*.cpp")
file(GLOB_RECURSE all_test_sources CONFIGURE_DEPENDS "${test_root}/*_test.cpp")
if(all_test_sources OR support_sources)
  find_package(GTest REQUIRED)
  include(GoogleTest)
  find_path(BURGEON_RAPIDCHECK_DIR rapidcheck.h)
  find_library(BURGEON_RAPIDCHECK_LIBRARY rapidcheck)
  mark_as_advanced(BURGEON_RAPIDCHECK_DIR BURGEON_RAPIDCHECK_LIBRARY)
  find_package(Boost REQUIRED)
  find_package(SUNDIALS QUIET COMPONENTS cvode nvecserial)

  if(support_sources)
    add_library(burgeon_test_support STATIC ${support_sources})
    set(scope PUBLIC)
  else()
    add_library(burgeon_test_support INTERFACE)
    set(scope INTERFACE)
  endif()
  # The command line is linked only by its own tests: the library does not know it.
  set(tested_layers ${BURGEON_LAYER_TARGETS})
  list(REMOVE_ITEM tested_layers burgeon_cli)
  target_link_libraries(burgeon_test_support ${scope} burgeon_models ${tested_layers} GTest::gmock_main Boost::headers)
  target_include_directories(burgeon_test_support ${scope} "${test_root}")
  target_compile_definitions(burgeon_test_support ${scope}
    BURGEON_ROOT="${CMAKE_SOURCE_DIR}" BURGEON_BIN="${burgeon_binary}")
  if(BURGEON_RAPIDCHECK_LIBRARY)
    target_compile_definitions(burgeon_test_support ${scope} BURGEON_HAVE_RAPIDCHECK=1)
    target_link_libraries(burgeon_test_support ${scope} "${BURGEON_RAPIDCHECK_LIBRARY}")
  endif()
  if(SUNDIALS_FOUND)
    target_compile_definitions(burgeon_test_support ${scope} BURGEON_HAVE_SUNDIALS=1)
    target_link_libraries(burgeon_test_support ${scope} SUNDIALS::cvode SUNDIALS::nvecserial)
  endif()
endif()

# Loaded into the program by tests that give every process another clock.
add_library(skewed_clock MODULE "${test_root}/support/preload/skewed_clock.cpp")
target_link_libraries(skewed_clock PRIVATE ${CMAKE_DL_LIBS})
set_target_properties(skewed_clock PROPERTIES PREFIX "" LIBRARY_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/tests")

foreach(kind IN LISTS BURGEON_TEST_KINDS)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${test_root}/${kind}/*_test.cpp")
  foreach(source IN LISTS sources)
    # tests/unit/base/rng_test.cpp -> unit_base_rng
    file(RELATIVE_PATH name "${test_root}" "${source}")
    string(REGEX REPLACE "_test\\.cpp$" "" name "${name}")
    string(REPLACE "/" "_" name "${name}")
    add_executable(${name} "${source}")
    target_link_libraries(${name} PRIVATE burgeon_test_support)
    if(name MATCHES "_cli_" AND TARGET burgeon_cli)
      target_link_libraries(${name} PRIVATE burgeon_cli)
    endif()
    # What is tested is compiled with the preset's options; the tests themselves need to compile quickly.
    target_compile_options(${name} PRIVATE -O1)
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/tests")
    gtest_discover_tests(${name}
      TEST_PREFIX "${name}."
      DISCOVERY_MODE PRE_TEST
      DISCOVERY_TIMEOUT 60
      PROPERTIES LABELS ${kind} TIMEOUT ${BURGEON_TEST_TIMEOUT})
  endforeach()
endforeach()

# Python tests see the program and the sources through the environment; they exit with 77 when they can't run here.
if(NOT DEFINED Python3_EXECUTABLE AND EXISTS /usr/bin/python3)
  set(Python3_EXECUTABLE /usr/bin/python3)
endif()
find_package(Python3 COMPONENTS Interpreter)
file(GLOB_RECURSE python_tests CONFIGURE_DEPENDS "${test_root}/*_test.py")
if(Python3_Interpreter_FOUND)
  foreach(script IN LISTS python_tests)
    file(RELATIVE_PATH name "${test_root}" "${script}")
    string(REGEX REPLACE "/.*" "" kind "${name}")
    string(REGEX REPLACE "_test\\.py$" "_py" name "${name}")
    string(REPLACE "/" "_" name "${name}")
    add_test(NAME ${name} COMMAND "${Python3_EXECUTABLE}" "${script}")
    set_tests_properties(${name} PROPERTIES
      LABELS ${kind}
      TIMEOUT ${BURGEON_TEST_TIMEOUT}
      SKIP_RETURN_CODE 77
      ENVIRONMENT "BURGEON_BIN=${burgeon_binary};BURGEON_ROOT=${CMAKE_SOURCE_DIR};BURGEON_SKEWED_CLOCK=$<TARGET_FILE:skewed_clock>")
  endforeach()
endif()

# The objects for newer processors must not leak code into the rest of the program.
if(Python3_Interpreter_FOUND AND BURGEON_ISOLATED_OBJECTS)
  add_test(NAME catalogue_isolated_objects
    COMMAND "${Python3_EXECUTABLE}" "${CMAKE_SOURCE_DIR}/scripts/check_isa"
            ${BURGEON_ISOLATED_OBJECTS})
  set_tests_properties(catalogue_isolated_objects PROPERTIES LABELS catalogue)
endif()

# Benchmarks: built when Google Benchmark is there.
file(GLOB bench_sources CONFIGURE_DEPENDS "${test_root}/bench/*.cpp")
if(bench_sources)
  find_package(benchmark QUIET)
  if(benchmark_FOUND)
    foreach(source IN LISTS bench_sources)
      get_filename_component(name "${source}" NAME_WE)
      add_executable(bench_${name} "${source}")
      target_link_libraries(bench_${name} PRIVATE
        burgeon_models ${BURGEON_LAYER_TARGETS} benchmark::benchmark_main)
      set_target_properties(bench_${name} PROPERTIES
        RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bench")
    endforeach()
  endif()
endif()
