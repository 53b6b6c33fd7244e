//! Who makes code while a function runs, and is trusted to: what they make is the package's own.
//!
//! Who is not on the list is trusted where it gives what it makes a name of its own, until the function reads code from bytes.

/// Files that make code of their own, and run it: methods of classes, functions of templates.
const MAKERS: [&[u8]; 22] = [
    b"/attr/_make.py",
    b"/beartype/_util/func/utilfuncmake.py",
    b"/boltons/funcutils.py",
    b"/bottle.py",
    b"/cattrs/gen/__init__.py",
    b"/collections/__init__.py",
    b"/dataclasses.py",
    b"/fastjsonschema/__init__.py",
    b"/jinja2/bccache.py",
    b"/jinja2/environment.py",
    b"/makefun/main.py",
    b"/mako/template.py",
    b"/mashumaro/core/meta/code/builder.py",
    b"/multiprocessing/managers.py",
    b"/networkx/utils/decorators.py",
    b"/scipy/_lib/decorator.py",
    b"/serde/core.py",
    b"/sqlalchemy/orm/instrumentation.py",
    b"/sqlalchemy/util/langhelpers.py",
    b"/sympy/utilities/lambdify.py",
    b"/tornado/template.py",
    b"/torch/fx/graph_module.py",
];

/// Whether a file is one of them; that it is the package's is asked elsewhere.
pub(super) fn is_maker(file: &[u8]) -> bool {
    MAKERS.iter().any(|known| file.ends_with(known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn makers_are_in_order() {
        assert!(MAKERS.is_sorted());
    }
}
