//! The marks of template engines, and the words by which an expression leaves its template.

use super::template_injection::Kind;
use super::words::Words;

/// How an expression begins and ends; longer marks first.
#[rustfmt::skip]
pub(super) static MARKS: [(&[u8], &[u8], Kind); 26] = [
    (b"{{{", b"}}}", Kind::Shown), (b"{{", b"}}", Kind::Shown), (b"{%", b"%}", Kind::Shown), (b"{php}", b"{/php}", Kind::Statement),
    (b"{$", b"}", Kind::Value), (b"${.", b"}", Kind::Shown), (b"${", b"}", Kind::Value), (b"#{", b"}", Kind::Ruby),
    (b"*{", b"}", Kind::Value), (b"%{", b"}", Kind::Value), (b"@{", b"}", Kind::Value), (b"~{", b"}", Kind::Value),
    (b"<%", b"%>", Kind::Ruby), (b"<#assign", b">", Kind::Statement), (b"<#list", b">", Kind::Statement),
    (b"<#if", b">", Kind::Statement), (b"<#include", b">", Kind::Statement), (b"<#=", b"#>", Kind::Value),
    (b"[#assign", b"\n", Kind::Statement), (b"[#list", b"]", Kind::Statement), (b"[#if", b"]", Kind::Statement), (b"[=", b"]", Kind::Value), (b"<@", b">", Kind::Statement), (b"@(", b")", Kind::Value), (b"#set(", b"\n", Kind::Statement),
    (b"#set (", b"\n", Kind::Statement),
];

/// Words of code, not of templates; where one stands in an expression, it reaches out.
#[rustfmt::skip]
pub(super) static REACHING: Words = Words::new(&[
    "__class__", "__mro__", "__globals__", "__subclasses__", "__builtins__", "__import__", "__base__", "popen",
    "getruntime", "java.lang", "java.io.", "java.util.s", "forname(", "processbuilder", "t(java",
    "javax.script", "freemarker.template", "?new()", "?api", "?eval", "_self.env", "_self.tem",
    "registerundefined", "request|attr", "|attr(", "request.application", "lipsum", "cycler.", "joiner.",
    "namespace.__", "config.items(", "config.from_", "_templatereference", "get_flashed_messages", "url_for.",
    "system(", "system'", "system\"", "shell_exec", "passthru", "call_user_func", "file.open", "file.read",
    "dir.entries", "dir.glob", "io.popen", "%x(", "%x|", "%x{", "open3", "open4", "child_process",
    "process.mainmodule", "global.process", "root.process", "settings.secret", "get_admin_log", ".getclass(",
    "class.inspect", "import os", "os.system", "self.module.", "subprocess", "file_get_contents",
    "file_put_contents", "file_excerpt", "app.request.s", "_context|", "include(\"/", "include('/", "source('/",
    "{php}", "writefile", "process.start", "server.mappath", "phpinfo", "eval(", "/etc/passwd", "__init__.__",
    "execsync(", "spawnsync(", "'exec'", "\"exec\"", "constructor(", "constructor.constructor",
    ".class.forname", ".class.classloader", "class.protectiondomain", ".class.base.", ".class.mro", "ini_set",
    "ob_start", "array_map", "system.shell(", "system.cmd(", ".newinstance(", "getconstructor", ".exitvalue(",
    "inputstream", "base64decoder", "setaccessible(", "getdeclared", "dump(_context", "dump(app", "sub.apply",
    ".system \"", ".php\")", ".php')", ".execute(", "__dict__", "freemarker.", "?interpret", "objectconstructor",
    "jythonruntime", "(1).type", "getclassloader", "class.getresource", "systemproperties[", "#ctx.", "#rt=", "#rt =",
    "createobject(", "wscript.shell", "response.write", "messages.storages", "signer.key", "admin/base.html",
    "config.iteritems", "block(_charset", ".exe\".exec", "groovy.transform",
    "javax.naming", "io.popen(",
    "runtime.exec(", "[].pop.constructor", "file.truncate", "file.write", "readfilesync", "appendfilesync", "include '/",
    "include \"/", "extends '/", "extends \"/", "include '..", "include \"..", "source '/", "import '/",
]);

/// Objects that print secrets when printed whole.
#[rustfmt::skip]
pub(super) static INTERNAL: [&str; 21] = [
    "config", "self", "debug", "settings", "request", "_self", "app.request", "dump()", "request.environ", "data_model", "app",
    "namespace", "_context", "applicationscope", "sessionscope", "requestscope", "pagecontext", "initparam",
    "= _.version", "_.version", "object.keys(this)",
];

/// What a template of a page reads for its visitor, and an attacker for himself: evidence of little weight.
#[rustfmt::skip]
pub(super) static ASKING: Words = Words::new(&[
    "request.args", "request.cookies", "request.values", "request.headers", "request.form", "request.environ",
    "request.server", "pagecontext.", "applicationscope", "sessionscope.", "requestscope.", "session_key",
    "smarty.version", "smarty.template", ".passwd", "user.password", ".secret_key",
]);
