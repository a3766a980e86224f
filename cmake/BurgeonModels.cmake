# models/**/*.cpp and src/base/kernels/*.cpp, compiled once per instruction set.
# Each source puts everything into namespace BURGEON_ISA (v2, v3 or v4); the program picks at start.
# Why it is done this way: docs/decisions/0001-layers-and-build.md.

file(GLOB_RECURSE model_sources CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/models/*.cpp")
file(GLOB kernel_sources CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/src/base/kernels/*.cpp")
# models/select.cpp, the function that picks an instruction set at start-up, is compiled once, for
# every processor.
set(select_source "${CMAKE_SOURCE_DIR}/models/select.cpp")
list(REMOVE_ITEM model_sources "${select_source}")
set(isa_sources ${model_sources} ${kernel_sources})

if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$")
  set(BURGEON_ISAS v2 v3 v4)
  set(isa_flags_v2 -march=x86-64-v2)
  set(isa_flags_v3 -march=x86-64-v3)
  set(isa_flags_v4 -march=x86-64-v4)
  include(CheckCXXCompilerFlag)
  check_cxx_compiler_flag("-march=x86-64-v4 -mprefer-vector-width=512" BURGEON_HAVE_WIDTH_512)
  if(BURGEON_HAVE_WIDTH_512)
    list(APPEND isa_flags_v4 -mprefer-vector-width=512)
  endif()
else()
  # One build only; code that chooses an instruction set can ask for this definition.
  set(BURGEON_ISAS v2)
  set(isa_flags_v2 "")
  add_compile_definitions(BURGEON_SINGLE_ISA=1)
endif()

# Isolation needs GNU ld and objcopy (binutils); sanitizers have section groups of their own.
find_program(BURGEON_LD_BFD NAMES ld.bfd)
find_program(BURGEON_OBJCOPY NAMES objcopy)
mark_as_advanced(BURGEON_LD_BFD BURGEON_OBJCOPY)
set(isolate OFF)
if(BURGEON_LD_BFD AND BURGEON_OBJCOPY AND NOT BURGEON_SANITIZE AND NOT APPLE)
  set(isolate ON)
endif()

# Plain objects on the link line, v2 first: the linker keeps the first copy of an inline function
# that several objects share, and the v2 copy is the one that runs on every processor.
add_library(burgeon_models INTERFACE)
if(EXISTS "${select_source}")
  add_library(burgeon_models_select OBJECT "${select_source}")
  target_link_libraries(burgeon_models_select PRIVATE burgeon_catalogue burgeon_base)
  target_link_libraries(burgeon_models INTERFACE $<TARGET_OBJECTS:burgeon_models_select>)
endif()
set(BURGEON_ISOLATED_OBJECTS "")
if(isa_sources)
  foreach(isa IN LISTS BURGEON_ISAS)
    add_library(burgeon_models_${isa} OBJECT ${isa_sources})
    target_compile_options(burgeon_models_${isa} PRIVATE -O3 ${isa_flags_${isa}})
    target_compile_definitions(burgeon_models_${isa} PRIVATE BURGEON_ISA=${isa})
    target_link_libraries(burgeon_models_${isa} PRIVATE burgeon_catalogue burgeon_base)

    if(isolate AND NOT isa STREQUAL "v2")
      # All objects become one that exports only names with the component 'v3' (or 'v4'), so no
      # other code can end up with an inline function compiled for a newer processor.
      set(object "${CMAKE_BINARY_DIR}/isa/burgeon_models_${isa}.o")
      file(MAKE_DIRECTORY "${CMAKE_BINARY_DIR}/isa")
      add_custom_command(OUTPUT "${object}"
        COMMAND "${BURGEON_LD_BFD}" -r --force-group-allocation -o "${object}.all"
                "$<TARGET_OBJECTS:burgeon_models_${isa}>"
        COMMAND "${BURGEON_OBJCOPY}" --wildcard "--keep-global-symbol=*2${isa}*" "${object}.all"
                "${object}"
        DEPENDS burgeon_models_${isa} "$<TARGET_OBJECTS:burgeon_models_${isa}>"
        COMMENT "Isolating the ${isa} models"
        COMMAND_EXPAND_LISTS VERBATIM)
      add_custom_target(burgeon_models_${isa}_object DEPENDS "${object}")
      add_library(burgeon_models_${isa}_isolated OBJECT IMPORTED)
      set_target_properties(burgeon_models_${isa}_isolated PROPERTIES IMPORTED_OBJECTS "${object}")
      add_dependencies(burgeon_models_${isa}_isolated burgeon_models_${isa}_object)
      add_dependencies(burgeon_models burgeon_models_${isa}_object)
      target_link_libraries(burgeon_models INTERFACE
                            $<TARGET_OBJECTS:burgeon_models_${isa}_isolated>)
      list(APPEND BURGEON_ISOLATED_OBJECTS "${object}")
    else()
      target_link_libraries(burgeon_models INTERFACE $<TARGET_OBJECTS:burgeon_models_${isa}>)
    endif()
  endforeach()
endif()
target_link_libraries(burgeon_models INTERFACE burgeon_catalogue burgeon_base)
