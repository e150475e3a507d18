# The packages that wenming stands on, all from Debian; `./wenming doctor` names the missing ones.

find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(ZLIB REQUIRED)
find_package(CURL REQUIRED)
find_package(Protobuf REQUIRED)  # module mode: Debian ships no config files for it
find_package(absl CONFIG REQUIRED)
find_package(gRPC CONFIG REQUIRED)
find_package(prometheus-cpp CONFIG REQUIRED)
find_package(GTest CONFIG REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(nghttp2 REQUIRED IMPORTED_TARGET libnghttp2)
pkg_check_modules(argon2 REQUIRED IMPORTED_TARGET libargon2)
pkg_check_modules(oath REQUIRED IMPORTED_TARGET liboath)
pkg_check_modules(ical REQUIRED IMPORTED_TARGET libical)
pkg_check_modules(xlsxwriter REQUIRED IMPORTED_TARGET xlsxwriter)
pkg_check_modules(cairo REQUIRED IMPORTED_TARGET cairo-pdf)
pkg_check_modules(pangocairo REQUIRED IMPORTED_TARGET pangocairo)
pkg_check_modules(qrencode REQUIRED IMPORTED_TARGET libqrencode)

find_path(MYSQLCPPCONN_INCLUDE mysql_driver.h REQUIRED)
find_library(MYSQLCPPCONN_LIBRARY mysqlcppconn REQUIRED)
add_library(mysqlcppconn INTERFACE)
target_include_directories(mysqlcppconn SYSTEM INTERFACE ${MYSQLCPPCONN_INCLUDE})
target_link_libraries(mysqlcppconn INTERFACE ${MYSQLCPPCONN_LIBRARY})

find_library(CSV_LIBRARY csv REQUIRED)

find_path(GOOGLE_PROTOS google/api/annotations.proto
  PATHS ${CMAKE_SOURCE_DIR}/node_modules/google-proto-files NO_DEFAULT_PATH)
if(NOT GOOGLE_PROTOS)
  message(FATAL_ERROR "google-proto-files is missing: run `npm ci` in ${CMAKE_SOURCE_DIR}")
endif()
find_path(SWAGGER_UI swagger-ui-bundle.js PATHS ${CMAKE_SOURCE_DIR}/node_modules/swagger-ui-dist NO_DEFAULT_PATH)
if(NOT SWAGGER_UI)
  message(FATAL_ERROR "swagger-ui-dist is missing: run `npm ci` in ${CMAKE_SOURCE_DIR}")
endif()
find_path(GRPC_PROTOS grpc/health/v1/health.proto PATHS /usr/share/grpc-proto REQUIRED)
