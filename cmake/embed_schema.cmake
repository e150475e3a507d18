# Writes STEM.h and STEM.cc with the SQL of FILES; run by wenming_schema.

set(entries)
set(previous)
set(names)
foreach(file ${FILES})
  get_filename_component(name ${file} NAME_WE)
  list(APPEND names "${name}=${file}")
endforeach()
list(SORT names)
foreach(pair ${names})
  string(REGEX MATCH "^([^=]*)=(.*)$" _ ${pair})
  set(name ${CMAKE_MATCH_1})
  set(file ${CMAKE_MATCH_2})
  if(NOT name MATCHES "^([0-9][0-9][0-9][0-9])_([a-z0-9_]+)$")
    message(FATAL_ERROR "${file}: a migration is called NNNN_name.sql")
  endif()
  set(number ${CMAKE_MATCH_1})
  set(title ${CMAKE_MATCH_2})
  if(number STREQUAL previous)
    message(FATAL_ERROR "${file}: number ${number} is taken by another migration")
  endif()
  set(previous ${number})
  string(REGEX REPLACE "^0+" "" plain ${number})
  file(READ ${file} sql)
  string(APPEND entries "    {${plain}, \"${title}\", R\"sql(${sql})sql\"},\n")
endforeach()

file(WRITE ${STEM}.h "// Made from the SQL files of ${FOLDER}.
#pragma once

#include <span>

#include \"common/db/migrations.h\"

namespace wenming::${NAMESPACE} {

std::span<const db::Migration> Migrations();

}  // namespace wenming::${NAMESPACE}
")
file(WRITE ${STEM}.cc "#include \"${FOLDER}/schema.h\"

namespace wenming::${NAMESPACE} {
namespace {

constexpr db::Migration kMigrations[] = {
${entries}};

}  // namespace

std::span<const db::Migration> Migrations() { return kMigrations; }

}  // namespace wenming::${NAMESPACE}
")
