//! Names of functions that only PHP has, or has under that name.

/// In lower case, sorted.
#[rustfmt::skip]
static FUNCTIONS: [&str; 340] = [
    "apache_child_terminate", "apache_getenv", "apache_setenv", "array_diff_uassoc",
    "array_diff_ukey", "array_filter", "array_intersect_uassoc", "array_key_exists", "array_map",
    "array_push", "array_reduce", "array_udiff", "array_uintersect", "array_values", "array_walk",
    "array_walk_recursive", "assert", "assert_options", "base64_decode", "base64_encode", "bin2hex",
    "bson_decode", "bzcompress", "bzdecompress", "bzopen", "bzread", "call_user_func",
    "call_user_func_array", "call_user_method", "checkdate", "chr", "class_exists", "constant",
    "convert_uudecode", "convert_uuencode", "create_function", "crypt", "curl_exec",
    "curl_file_create", "curl_init", "curl_setopt", "debug_backtrace", "dechex", "dio_open",
    "disk_free_space", "diskfreespace", "dl", "eio_busy", "ereg_replace", "eregi_replace",
    "error_get_last", "error_log", "error_reporting", "escapeshellarg", "escapeshellcmd", "eval",
    "exec", "exif_imagetype", "exif_read_data", "exif_thumbnail", "expect_popen", "ezmlm_hash",
    "fclose", "feof", "fgetc", "fgets", "fgetss", "file_exists", "file_get_contents",
    "file_put_contents", "fileatime", "filegroup", "fileowner", "fileperms", "filesize",
    "finfo_open", "fopen", "forward_static_call", "fpassthru", "fputcsv", "fputs", "fread",
    "fsockopen", "ftok", "ftp_connect", "ftp_exec", "ftp_get", "ftp_put", "ftp_raw", "func_get_arg",
    "func_get_args", "func_num_args", "function_exists", "fwrite", "get_cfg_var",
    "get_class_methods", "get_class_vars", "get_current_user", "get_declared_classes",
    "get_defined_constants", "get_defined_functions", "get_defined_vars", "get_extension_funcs",
    "get_included_files", "get_loaded_extensions", "get_meta_tags", "get_object_vars",
    "get_required_files", "getallheaders", "getcwd", "getenv", "getimagesize", "getlastmod",
    "getmygid", "getmyinode", "getmypid", "getmyuid", "gettype", "glob", "gzcompress", "gzdecode",
    "gzdeflate", "gzencode", "gzfile", "gzgetc", "gzinflate", "gzopen", "gzpassthru", "gzputs",
    "gzread", "gzuncompress", "gzwrite", "hash_hmac_file", "hash_update_file",
    "header_register_callback", "headers_list", "hex2bin", "hexdec", "highlight_file",
    "highlight_string", "html_entity_decode", "htmlentities", "htmlspecialchars",
    "htmlspecialchars_decode", "iconv_substr", "ignore_user_abort", "image2wbmp",
    "imagecreatefromgif", "imagecreatefromjpeg", "imagecreatefrompng", "imagepng",
    "import_request_variables", "ini_alter", "ini_get", "ini_get_all", "ini_restore", "ini_set",
    "intval", "is_array", "is_callable", "is_dir", "is_executable", "is_file", "is_link", "is_null",
    "is_numeric", "is_object", "is_readable", "is_resource", "is_uploaded_file", "is_writable",
    "is_writeable", "iterator_apply", "json_decode", "json_encode", "krsort", "ksort", "lcg_value",
    "lchgrp", "ldap_bind", "ldap_connect", "linkinfo", "mb_convert_encoding", "mb_ereg",
    "mb_ereg_replace", "mb_eregi_replace", "mb_parse_str", "mb_send_mail", "mcrypt_encrypt",
    "md5_file", "memory_get_usage", "method_exists", "mhash", "move_uploaded_file", "mssql_query",
    "mt_rand", "mysql_connect", "mysql_fetch_array", "mysql_query", "mysqli_connect",
    "mysqli_query", "nl2br", "ob_clean", "ob_end_clean", "ob_get_clean", "ob_get_contents",
    "ob_get_flush", "ob_start", "oci_parse", "odbc_connect", "odbc_exec", "opcache_get_status",
    "opcache_reset", "opendir", "parse_ini_file", "parse_str", "parse_url", "passthru", "pclose",
    "pcntl_exec", "pcntl_fork", "pcntl_signal", "pfsockopen", "pg_connect", "pg_query",
    "php_ini_loaded_file", "php_ini_scanned_files", "php_logo_guid", "php_sapi_name",
    "php_strip_whitespace", "php_uname", "phpcredits", "phpinfo", "phpversion", "popen",
    "posix_getegid", "posix_geteuid", "posix_getlogin", "posix_getpwnam", "posix_getpwuid",
    "posix_getuid", "posix_kill", "posix_mkfifo", "posix_setuid", "posix_ttyname", "posix_uname",
    "preg_grep", "preg_match", "preg_match_all", "preg_quote", "preg_replace",
    "preg_replace_callback", "preg_split", "print_r", "proc_close", "proc_get_status", "proc_nice",
    "proc_open", "proc_terminate", "putenv", "rawurldecode", "rawurlencode", "read_exif_data",
    "readdir", "readfile", "readgzfile", "realpath_cache_get", "register_shutdown_function",
    "register_tick_function", "rename_function", "runkit_function_rename", "scandir",
    "session_destroy", "session_id", "session_start", "set_error_handler", "set_exception_handler",
    "set_include_path", "set_time_limit", "setcookie", "settype", "sha1_file", "shell_exec",
    "shmop_open", "show_source", "similar_text", "simplexml_load_file", "simplexml_load_string",
    "socket_accept", "socket_connect", "socket_create", "socket_listen", "spl_autoload_register",
    "sqlite_exec", "sqlite_open", "sqlite_query", "str_ireplace", "str_repeat", "str_replace",
    "str_rot13", "str_split", "stream_context_create", "stream_get_contents", "stream_select",
    "stream_socket_client", "stream_socket_server", "strip_tags", "stripslashes", "strncasecmp",
    "strrev", "substr_count", "symlink", "sys_get_temp_dir", "sys_getloadavg", "system", "tempnam",
    "token_get_all", "touch", "trigger_error", "uasort", "uksort", "unlink",
    "unregister_tick_function", "unserialize", "urldecode", "urlencode", "usleep", "usort",
    "utf8_decode", "utf8_encode", "var_dump", "var_export", "vprintf", "vsprintf", "wordwrap",
    "xmlrpc_decode", "xmlrpc_encode_request", "zend_version", "zlib_decode", "zlib_encode",
];

/// Whether `name`, in lower case, is one.
pub(super) fn is_function(name: &[u8]) -> bool {
    FUNCTIONS
        .binary_search_by(|known| known.as_bytes().cmp(name))
        .is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_functions_are_in_order() {
        assert!(FUNCTIONS.is_sorted());
        assert!(is_function(b"shell_exec") && !is_function(b"len"));
    }
}
