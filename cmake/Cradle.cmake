# Compiler settings and the ways a target of this project is made:
#   cradle_library(NAME [INTERFACE] SOURCES … DEPENDS …)  a static library, headers by their path from the root
#   cradle_program(NAME SOURCES … DEPENDS …)              an executable in ${CMAKE_BINARY_DIR}/bin
#   cradle_test(NAME SOURCES … DEPENDS … [LABELS channel] [TIMEOUT seconds])
#                                                         a GoogleTest program, one ctest per program
#   cradle_program_test(NAME SCRIPT [ARGUMENTS …] [TIMEOUT seconds] [ENVIRONMENT NAME=value …])
#                                                         a Python script that drives this build's own programs
# A dependency is another cradle_… target or any CMake target. Label `channel` marks a test that opens a gRPC channel.

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

# For programs that serve: with many threads its malloc costs less than the C library's. The sanitizers bring their own.
find_library(JEMALLOC jemalloc REQUIRED)
add_library(cradle_allocator INTERFACE)
if(NOT CRADLE_SANITIZE)
  target_link_libraries(cradle_allocator INTERFACE ${JEMALLOC})
endif()

# Tests and tools in Python run with Debian's interpreter, where Debian's python3-… packages are; PATH may find another.
set(CRADLE_PYTHON /usr/bin/python3)

# For our own code only: generated code and Debian's headers are no concern of our warnings.
# g++ 12 invents -Wrestrict on std::string at -O2 (GCC bug 105651), and -Wmaybe-uninitialized under the sanitizers;
# clang 19 blames us for what std::stable_sort of g++'s library uses.
add_library(cradle_warnings INTERFACE)
target_compile_options(cradle_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor
  -Woverloaded-virtual -Wcast-align -Wunused -Werror
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict> $<$<CXX_COMPILER_ID:Clang>:-Wno-deprecated-declarations>)

if(CRADLE_SANITIZE)
  target_compile_options(cradle_warnings INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
  add_compile_options(-fsanitize=${CRADLE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${CRADLE_SANITIZE})
endif()

# A misspelt keyword would otherwise be dropped without a word.
macro(cradle_refuse_unparsed NAME)
  if(ARG_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "${NAME}: not understood: ${ARG_UNPARSED_ARGUMENTS}")
  endif()
endmacro()

function(cradle_library NAME)
  cmake_parse_arguments(ARG "INTERFACE" "" "SOURCES;DEPENDS" ${ARGN})
  cradle_refuse_unparsed(${NAME})
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
  cradle_refuse_unparsed(${NAME})
  add_executable(${NAME} ${ARG_SOURCES})
  target_include_directories(${NAME} PRIVATE ${CMAKE_SOURCE_DIR})
  target_link_libraries(${NAME} PRIVATE ${ARG_DEPENDS} cradle_warnings)
endfunction()

# Sanitizers take their time.
function(cradle_test_timeout NAME TIMEOUT)
  if(NOT TIMEOUT)
    set(TIMEOUT 300)
  endif()
  if(CRADLE_SANITIZE)
    math(EXPR TIMEOUT "4 * ${TIMEOUT}")
  endif()
  set_tests_properties(${NAME} PROPERTIES TIMEOUT ${TIMEOUT})
endfunction()

function(cradle_test NAME)
  cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;DEPENDS;LABELS" ${ARGN})
  cradle_refuse_unparsed(${NAME})
  cradle_program(${NAME} SOURCES ${ARG_SOURCES} DEPENDS ${ARG_DEPENDS} GTest::gmock GTest::gtest GTest::gtest_main)
  add_test(NAME ${NAME} COMMAND ${NAME} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  cradle_test_timeout(${NAME} "${ARG_TIMEOUT}")
  set_tests_properties(${NAME} PROPERTIES LABELS "${ARG_LABELS}")
endfunction()

function(cradle_program_test NAME SCRIPT)
  cmake_parse_arguments(ARG "" "TIMEOUT" "ARGUMENTS;ENVIRONMENT" ${ARGN})
  cradle_refuse_unparsed(${NAME})
  add_test(NAME ${NAME} COMMAND ${CRADLE_PYTHON} -B ${CMAKE_CURRENT_SOURCE_DIR}/${SCRIPT} ${ARG_ARGUMENTS})
  set(PYTHON_PATH "${CMAKE_BINARY_DIR}/python:${CMAKE_SOURCE_DIR}/clients/python:${CMAKE_SOURCE_DIR}/tests/e2e")
  cradle_test_timeout(${NAME} "${ARG_TIMEOUT}")
  set_tests_properties(${NAME} PROPERTIES LABELS channel
    ENVIRONMENT "CRADLE_BIN=${CMAKE_BINARY_DIR}/bin;PYTHONPATH=${PYTHON_PATH};${ARG_ENVIRONMENT}")
endfunction()
