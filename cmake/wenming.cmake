# wenming_library, wenming_binary and wenming_test: a target with our settings, in one line each.

function(_wenming_target name)
  cmake_parse_arguments(ARG "" "" "SRCS;DEPS" ${ARGN})
  target_sources(${name} PRIVATE ${ARG_SRCS})
  target_link_libraries(${name} PRIVATE wenming_settings)
  get_target_property(type ${name} TYPE)
  if(type STREQUAL "EXECUTABLE")
    target_link_libraries(${name} PRIVATE ${ARG_DEPS})
  else()
    target_link_libraries(${name} PUBLIC ${ARG_DEPS})
  endif()
endfunction()

# wenming_library(NAME common_db SRCS pool.cc … DEPS …)
function(wenming_library)
  cmake_parse_arguments(ARG "" "NAME" "SRCS;DEPS" ${ARGN})
  add_library(${ARG_NAME} STATIC)
  _wenming_target(${ARG_NAME} SRCS ${ARG_SRCS} DEPS ${ARG_DEPS})
endfunction()

# wenming_binary(NAME org_svc SRCS main.cc DEPS …); all binaries stand in <build>/bin.
function(wenming_binary)
  cmake_parse_arguments(ARG "" "NAME" "SRCS;DEPS" ${ARGN})
  add_executable(${ARG_NAME})
  _wenming_target(${ARG_NAME} SRCS ${ARG_SRCS} DEPS ${ARG_DEPS})
  set_target_properties(${ARG_NAME} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
endfunction()

# wenming_test(NAME common_db_tests SRCS … DEPS …): every TEST is a ctest case named <NAME>.<Suite>.<Test>.
function(wenming_test)
  cmake_parse_arguments(ARG "" "NAME" "SRCS;DEPS" ${ARGN})
  add_executable(${ARG_NAME})
  _wenming_target(${ARG_NAME} SRCS ${ARG_SRCS} DEPS ${ARG_DEPS} GTest::gmock GTest::gtest GTest::gtest_main)
  set_target_properties(${ARG_NAME} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  include(GoogleTest)
  gtest_discover_tests(${ARG_NAME} TEST_PREFIX "${ARG_NAME}." DISCOVERY_MODE PRE_TEST
    WORKING_DIRECTORY ${CMAKE_SOURCE_DIR} PROPERTIES TIMEOUT 300)
endfunction()
