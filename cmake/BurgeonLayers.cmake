# One static library burgeon_<layer> per line of src/layers.txt, linking the layers above it.
# Only src/<layer>/*.cpp belongs to it: no sub-folders (src/base/kernels is in BurgeonModels).

set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/src/layers.txt")
file(STRINGS "${CMAKE_SOURCE_DIR}/src/layers.txt" BURGEON_LAYERS REGEX "^[a-z]")

set(layers_above "")
foreach(layer IN LISTS BURGEON_LAYERS)
  string(STRIP "${layer}" layer)
  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/src/${layer}/*.cpp")
  list(FILTER sources EXCLUDE REGEX "/src/cli/main\\.cpp$")
  file(GLOB headers CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/src/${layer}/*.h")

  # External libraries only for a layer that has code; OpenMP and MPI stay inside parallel.
  add_library(burgeon_external_${layer} INTERFACE)
  if(sources OR headers)
    burgeon_external_packages(${layer} burgeon_external_${layer})
  endif()

  # The nearest layer first, as a static link wants it.
  if(sources)
    add_library(burgeon_${layer} STATIC ${sources})
    target_link_libraries(burgeon_${layer} PUBLIC ${layers_above})
    if(layer STREQUAL "parallel")
      target_link_libraries(burgeon_${layer} PRIVATE burgeon_external_${layer})
    else()
      target_link_libraries(burgeon_${layer} PUBLIC burgeon_external_${layer})
    endif()
  else()
    add_library(burgeon_${layer} INTERFACE)
    target_link_libraries(burgeon_${layer} INTERFACE ${layers_above} burgeon_external_${layer})
  endif()
  list(PREPEND layers_above burgeon_${layer})
endforeach()
set(BURGEON_LAYER_TARGETS ${layers_above})
