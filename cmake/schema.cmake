# wenming_schema: a folder of numbered SQL files as a library.
#
#   wenming_schema(NAME org_schema NAMESPACE org DIR schema)     # in org_svc/CMakeLists.txt
#
# gives the target org_schema and the header "org_svc/schema.h" with
#
#   namespace wenming::org { std::span<const db::Migration> Migrations(); }
#
# which holds the common tables of common/db/schema (0001–0099) and the folder's own files (NNNN_name.sql, from 0100), in
# order of number. With BASE, another folder, its files come along: DIR holds what a later release adds to them.
function(wenming_schema)
  cmake_parse_arguments(ARG "" "NAME;NAMESPACE;DIR;BASE" "" ${ARGN})
  set(own ${CMAKE_CURRENT_SOURCE_DIR}/${ARG_DIR})
  set(patterns ${CMAKE_SOURCE_DIR}/common/db/schema ${own} ${ARG_BASE})
  list(TRANSFORM patterns APPEND /*.sql)
  file(GLOB files CONFIGURE_DEPENDS ${patterns})
  list(REMOVE_DUPLICATES files)
  get_filename_component(folder ${own} DIRECTORY)
  file(RELATIVE_PATH folder ${CMAKE_SOURCE_DIR} ${folder})
  set(generated ${CMAKE_BINARY_DIR}/gen-schema)
  set(stem ${generated}/${folder}/schema)
  set(script ${CMAKE_SOURCE_DIR}/cmake/embed_schema.cmake)
  add_custom_command(OUTPUT ${stem}.cc ${stem}.h
    COMMAND ${CMAKE_COMMAND} -DSTEM=${stem} -DFOLDER=${folder} -DNAMESPACE=${ARG_NAMESPACE} "-DFILES=${files}"
            -P ${script}
    DEPENDS ${files} ${script} VERBATIM COMMENT "schema ${folder}")
  wenming_library(NAME ${ARG_NAME} SRCS ${stem}.cc DEPS common_db)
  target_include_directories(${ARG_NAME} PUBLIC ${generated})
endfunction()
