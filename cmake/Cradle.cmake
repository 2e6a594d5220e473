# Compiler settings and the three ways a target of this project is made:
#   cradle_library(NAME [INTERFACE] SOURCES … DEPENDS …)  a static library, headers by their path from the root
#   cradle_program(NAME SOURCES … DEPENDS …)              an executable in ${CMAKE_BINARY_DIR}/bin
#   cradle_test(NAME SOURCES … DEPENDS …)                 a GoogleTest program, one ctest per program
# A dependency is another cradle_… target or any CMake target.

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()
find_program(LLD NAMES ld.lld ld.lld-19)
if(LLD)
  add_link_options(-fuse-ld=lld)
endif()

find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(Protobuf REQUIRED)
find_package(absl REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(CLI11 REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(RocksDB REQUIRED)
find_package(gRPC CONFIG REQUIRED)

# Libraries from Debian are built without the sanitizers: their headers are no concern of our warnings.
add_library(cradle_warnings INTERFACE)
target_compile_options(cradle_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor
  -Woverloaded-virtual -Wcast-align -Wunused -Werror)

if(CRADLE_SANITIZE)
  add_compile_options(-fsanitize=${CRADLE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${CRADLE_SANITIZE})
endif()

function(cradle_library NAME)
  cmake_parse_arguments(ARG "INTERFACE" "" "SOURCES;DEPENDS" ${ARGN})
  if(ARG_INTERFACE)
    add_library(${NAME} INTERFACE)
    target_include_directories(${NAME} INTERFACE ${CMAKE_SOURCE_DIR})
    target_link_libraries(${NAME} INTERFACE ${ARG_DEPENDS})
  else()
    add_library(${NAME} STATIC ${ARG_SOURCES})
    target_include_directories(${NAME} PUBLIC ${CMAKE_SOURCE_DIR})
    target_link_libraries(${NAME} PUBLIC ${ARG_DEPENDS} PRIVATE cradle_warnings)
  endif()
endfunction()

function(cradle_program NAME)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS" ${ARGN})
  add_executable(${NAME} ${ARG_SOURCES})
  target_include_directories(${NAME} PRIVATE ${CMAKE_SOURCE_DIR})
  target_link_libraries(${NAME} PRIVATE ${ARG_DEPENDS} cradle_warnings)
endfunction()

function(cradle_test NAME)
  cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;DEPENDS;LABELS" ${ARGN})
  cradle_program(${NAME} SOURCES ${ARG_SOURCES} DEPENDS ${ARG_DEPENDS} GTest::gmock GTest::gtest GTest::gtest_main)
  add_test(NAME ${NAME} COMMAND ${NAME} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  set_tests_properties(${NAME} PROPERTIES TIMEOUT ${ARG_TIMEOUT} LABELS "${ARG_LABELS}")
endfunction()
