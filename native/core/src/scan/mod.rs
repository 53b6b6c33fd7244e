//! The firewall: is an input an attack?
