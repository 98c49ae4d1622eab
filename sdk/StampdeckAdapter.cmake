# stampdeck_add_adapter_plugin(KIND METADATA FILE.json SOURCES … [LINK …]): the plug-in libKIND.so,
# with the metadata that its root object names in Q_PLUGIN_METADATA. It links Stampdeck::Api, and what
# LINK names (Stampdeck::Net for the HTTP client). `cmake --install` puts it where the programs of this
# installation look for it.
function(stampdeck_add_adapter_plugin kind)
    cmake_parse_arguments(ARG "" "METADATA" "SOURCES;LINK" ${ARGN})
    if(NOT ARG_METADATA OR NOT ARG_SOURCES)
        message(FATAL_ERROR "stampdeck_add_adapter_plugin(${kind}) needs METADATA and SOURCES")
    endif()
    add_library(${kind} MODULE ${ARG_SOURCES})
    target_compile_features(${kind} PRIVATE cxx_std_20)
    target_include_directories(${kind} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
    target_link_libraries(${kind} PRIVATE Stampdeck::Api ${ARG_LINK})
    set_target_properties(${kind} PROPERTIES
        AUTOMOC ON PREFIX "lib"
        AUTOMOC_MACRO_NAMES "Q_OBJECT;Q_GADGET;Q_NAMESPACE;Q_PLUGIN_METADATA")
    # Its metadata is compiled in: a change of the file is a change of the source.
    set_property(TARGET ${kind} APPEND PROPERTY
        AUTOMOC_DEPEND_FILTERS "Q_PLUGIN_METADATA" "FILE *\"([^\"]+)\"")
    set_source_files_properties(${ARG_SOURCES} PROPERTIES OBJECT_DEPENDS
        ${CMAKE_CURRENT_SOURCE_DIR}/${ARG_METADATA})
    install(TARGETS ${kind} LIBRARY DESTINATION ${STAMPDECK_ADAPTER_INSTALL_DIR})
endfunction()
