# wenming_packed_file(TARGET gateway_docs NAME docs_html FILE page/docs.html): the file, gzipped, in the read-only data of the
# target, between the symbols packed_NAME_begin and packed_NAME_end. It is paged in only when somebody reads it.

find_program(GZIP gzip REQUIRED)

function(wenming_packed_file)
  cmake_parse_arguments(ARG "" "TARGET;NAME;FILE" "" ${ARGN})
  get_filename_component(file ${ARG_FILE} ABSOLUTE)
  set(packed ${CMAKE_CURRENT_BINARY_DIR}/${ARG_NAME}.gz)
  set(source ${CMAKE_CURRENT_BINARY_DIR}/${ARG_NAME}.packed.cc)
  add_custom_command(OUTPUT ${packed} COMMAND ${GZIP} -9nc ${file} > ${packed} DEPENDS ${file} VERBATIM
    COMMENT "gzip ${ARG_NAME}")
  file(CONFIGURE OUTPUT ${source} @ONLY CONTENT [[
// Made from @file@.
asm(".section .rodata\n"
    ".global packed_@ARG_NAME@_begin\npacked_@ARG_NAME@_begin:\n"
    ".incbin \"@packed@\"\n"
    ".global packed_@ARG_NAME@_end\npacked_@ARG_NAME@_end:\n"
    ".byte 0\n"
    ".previous\n");
]])
  set_source_files_properties(${source} PROPERTIES OBJECT_DEPENDS ${packed})
  target_sources(${ARG_TARGET} PRIVATE ${source})
endfunction()
