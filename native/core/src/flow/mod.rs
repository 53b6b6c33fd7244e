//! Does an input change the syntax of what a sink was given?
