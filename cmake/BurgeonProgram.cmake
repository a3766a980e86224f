# generated/build_info.h (only src/cli may include it) and the burgeon executable.

string(TOUPPER "${CMAKE_BUILD_TYPE}" build_type)
get_directory_property(all_options COMPILE_OPTIONS)
string(REPLACE ";" " " all_options "${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_${build_type}} ${all_options}")
string(STRIP "${all_options}" all_options)

# Runs on every build; the script rewrites the header only when its text changes.
add_custom_target(burgeon_build_info
  COMMAND ${CMAKE_COMMAND}
    "-DOUTPUT=${CMAKE_BINARY_DIR}/generated/build_info.h"
    "-DSOURCE_DIR=${CMAKE_SOURCE_DIR}"
    "-DVERSION=${PROJECT_VERSION}"
    "-DCOMPILER=${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION}"
    "-DBUILD_TYPE=${CMAKE_BUILD_TYPE}"
    "-DFLAGS=${all_options}"
    -P "${CMAKE_SOURCE_DIR}/cmake/write_build_info.cmake"
  BYPRODUCTS "${CMAKE_BINARY_DIR}/generated/build_info.h"
  COMMENT "Recording version and commit"
  VERBATIM)

get_target_property(cli_type burgeon_cli TYPE)
if(cli_type STREQUAL "INTERFACE_LIBRARY")
  target_link_libraries(burgeon_cli INTERFACE burgeon_models)
else()
  target_link_libraries(burgeon_cli PUBLIC burgeon_models)
  target_include_directories(burgeon_cli PRIVATE "${CMAKE_BINARY_DIR}/generated")
  add_dependencies(burgeon_cli burgeon_build_info)
endif()

if(EXISTS "${CMAKE_SOURCE_DIR}/src/cli/main.cpp")
  add_executable(burgeon "${CMAKE_SOURCE_DIR}/src/cli/main.cpp")
  target_link_libraries(burgeon PRIVATE burgeon_models burgeon_cli)
  target_include_directories(burgeon PRIVATE "${CMAKE_BINARY_DIR}/generated")
  add_dependencies(burgeon burgeon_build_info)
  install(TARGETS burgeon RUNTIME DESTINATION bin)
endif()
