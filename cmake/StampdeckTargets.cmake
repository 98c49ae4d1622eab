# One interface target for warnings and strictness, and one function for each kind of target:
# the CMakeLists.txt of a folder is then a list of files.

add_library(stampdeck_options INTERFACE)
target_compile_features(stampdeck_options INTERFACE cxx_std_20)
target_compile_options(stampdeck_options INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wold-style-cast -Wsuggest-override -Wnon-virtual-dtor
    -Wimplicit-fallthrough -Werror -fvisibility-inlines-hidden)
target_compile_definitions(stampdeck_options INTERFACE
    QT_NO_CAST_FROM_ASCII
    QT_NO_CAST_TO_ASCII
    QT_NO_CAST_FROM_BYTEARRAY
    QT_NO_NARROWING_CONVERSIONS_IN_CONNECT
    QT_NO_FOREACH
    QT_NO_KEYWORDS
    QT_NO_JAVA_STYLE_ITERATORS
    QT_USE_QSTRINGBUILDER
    QT_DISABLE_DEPRECATED_BEFORE=0x060400
    $<$<BOOL:${STAMPDECK_CRASH_POINTS}>:STAMPDECK_CRASH_POINTS>)
if(STAMPDECK_SANITIZE)
    # null, alignment, vptr and object-size check every access to a member: they find little that
    # AddressSanitizer does not, and more than double the time to compile (23 s to 10 s, planner.cpp).
    target_compile_options(stampdeck_options INTERFACE
        -fsanitize=address,undefined -fno-sanitize=null,alignment,vptr,object-size
        -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
    target_link_options(stampdeck_options INTERFACE -fsanitize=address,undefined)
    target_compile_definitions(stampdeck_options INTERFACE STAMPDECK_SANITIZED QT_FORCE_ASSERTS)
endif()
if(STAMPDECK_COVERAGE)
    target_compile_options(stampdeck_options INTERFACE --coverage)
    target_link_options(stampdeck_options INTERFACE --coverage)
endif()
find_program(STAMPDECK_MOLD mold)
if(STAMPDECK_MOLD AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_link_options(stampdeck_options INTERFACE -fuse-ld=mold)
endif()

# stampdeck_add_library(NAME SHARED|STATIC SOURCES … [PUBLIC …] [PRIVATE …] [SDK NAME [HEADERS …]])
# SDK makes it part of the SDK as Stampdeck::NAME, with all headers of its folder or those named.
function(stampdeck_add_library name kind)
    cmake_parse_arguments(ARG "" "SDK" "SOURCES;PUBLIC;PRIVATE;HEADERS" ${ARGN})
    add_library(${name} ${kind} ${ARG_SOURCES})
    target_include_directories(${name} PUBLIC
        $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>
        $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/stampdeck>)
    target_link_libraries(${name}
        PUBLIC $<BUILD_INTERFACE:stampdeck_options> ${ARG_PUBLIC} PRIVATE ${ARG_PRIVATE})
    if(kind STREQUAL "SHARED")
        set_target_properties(${name} PROPERTIES
            VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR})
    endif()
    if(ARG_SDK)
        set_target_properties(${name} PROPERTIES EXPORT_NAME ${ARG_SDK})
        install(TARGETS ${name} EXPORT StampdeckTargets
            LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT sdk NAMELINK_COMPONENT sdk)
        file(RELATIVE_PATH folder ${PROJECT_SOURCE_DIR} ${CMAKE_CURRENT_SOURCE_DIR})
        if(NOT ARG_HEADERS)
            set(ARG_HEADERS ${ARG_SOURCES})
            list(FILTER ARG_HEADERS INCLUDE REGEX "\\.h$")
        endif()
        install(FILES ${ARG_HEADERS} COMPONENT sdk
            DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/stampdeck/${folder})
    elseif(kind STREQUAL "SHARED")
        install(TARGETS ${name} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
    endif()
endfunction()

# stampdeck_add_adapter(KIND SOURCES … [PRIVATE …]): a plug-in KIND with its metadata in KIND.json,
# and a static library stampdeck_KIND of the same sources for its unit tests and fuzz targets.
function(stampdeck_add_adapter kind)
    cmake_parse_arguments(ARG "" "" "SOURCES;PLUGIN;PRIVATE" ${ARGN})
    add_library(stampdeck_${kind} STATIC ${ARG_SOURCES})
    target_include_directories(stampdeck_${kind} PUBLIC ${PROJECT_SOURCE_DIR})
    target_link_libraries(stampdeck_${kind} PUBLIC stampdeck_options stampdeck_api
        $<TARGET_NAME_IF_EXISTS:stampdeck_net>
        PRIVATE ${ARG_PRIVATE})
    add_library(stampdeck_${kind}_plugin MODULE ${ARG_PLUGIN})
    target_link_libraries(stampdeck_${kind}_plugin PRIVATE stampdeck_${kind})
    set_target_properties(stampdeck_${kind}_plugin PROPERTIES
        OUTPUT_NAME ${kind} PREFIX "lib"
        LIBRARY_OUTPUT_DIRECTORY ${STAMPDECK_ADAPTER_DIR}
        AUTOMOC_MACRO_NAMES "Q_OBJECT;Q_GADGET;Q_NAMESPACE;Q_PLUGIN_METADATA")
    set_property(TARGET stampdeck_${kind}_plugin APPEND PROPERTY
        AUTOMOC_DEPEND_FILTERS "Q_PLUGIN_METADATA" "FILE *\"([^\"]+)\"")
    install(TARGETS stampdeck_${kind}_plugin LIBRARY DESTINATION ${STAMPDECK_ADAPTER_INSTALL_DIR})
    set_property(GLOBAL APPEND PROPERTY STAMPDECK_ADAPTERS stampdeck_${kind}_plugin)
endfunction()

# stampdeck_add_program(NAME SOURCES … PRIVATE …)
function(stampdeck_add_program name)
    cmake_parse_arguments(ARG "" "" "SOURCES;PRIVATE" ${ARGN})
    add_executable(${name} ${ARG_SOURCES})
    target_link_libraries(${name} PRIVATE stampdeck_options ${ARG_PRIVATE})
    get_property(adapters GLOBAL PROPERTY STAMPDECK_ADAPTERS)
    add_dependencies(${name} ${adapters})
    install(TARGETS ${name} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT ${name})
endfunction()

# Whoever is called in a test is called without a sound, on a machine that has some and on one that has none.
set(STAMPDECK_TEST_SILENCE
    "CANBERRA_DRIVER=alsa;ALSA_CONFIG_PATH=${PROJECT_SOURCE_DIR}/tests/support/silence.conf")

# stampdeck_add_test(NAME SOURCES … [PRIVATE …] [TIMEOUT S] [LABELS …] [PROGRAMS …] [RESOURCE_LOCK …]
#                    [ENGINES])
# A Qt Test executable with the main of tests/support. PROGRAMS are the targets that it starts. One that
# needs real ENGINES counts as skipped where one of them can't be started.
function(stampdeck_add_test name)
    cmake_parse_arguments(ARG "SERIAL;ENGINES" "TIMEOUT" "SOURCES;PRIVATE;LABELS;PROGRAMS;ENVIRONMENT"
        ${ARGN})
    add_executable(${name} ${ARG_SOURCES})
    target_link_libraries(${name} PRIVATE stampdeck_test_support ${ARG_PRIVATE})
    target_compile_definitions(${name} PRIVATE
        STAMPDECK_BIN_DIR="${CMAKE_RUNTIME_OUTPUT_DIRECTORY}"
        STAMPDECK_ADAPTER_DIR="${STAMPDECK_ADAPTER_DIR}"
        STAMPDECK_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
    if(ARG_PROGRAMS)
        add_dependencies(${name} ${ARG_PROGRAMS})
    endif()
    if(NOT ARG_TIMEOUT)
        set(ARG_TIMEOUT 120)
    endif()
    add_test(NAME ${name} COMMAND ${name})
    set_tests_properties(${name} PROPERTIES TIMEOUT ${ARG_TIMEOUT} LABELS "${ARG_LABELS}"
        RUN_SERIAL ${ARG_SERIAL}
        ENVIRONMENT "QT_QPA_PLATFORM=offscreen;LC_ALL=C.UTF-8;LANGUAGE=C;STAMPDECK_PLUGIN_PATH=${STAMPDECK_ADAPTER_DIR};ASAN_OPTIONS=detect_leaks=1:detect_stack_use_after_return=0;LSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/tests/support/lsan.supp:print_suppressions=0;UBSAN_OPTIONS=print_stacktrace=1;${STAMPDECK_TEST_SILENCE};${ARG_ENVIRONMENT}")
    if(ARG_ENGINES)
        set_tests_properties(${name} PROPERTIES
            LABELS "engines;${ARG_LABELS}" SKIP_REGULAR_EXPRESSION "SKIP   : [^\n]* skipped: ")
    endif()
endfunction()
