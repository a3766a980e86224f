#pragma once
// File driver under HDF5. The library (1.10) goes on with broken state, and can crash, after a write that failed. This
// driver remembers the first failure, pretends that writing goes on, and hdf5::check() throws at the next call.
// It takes no locks: files are written under a temporary name by one process and never change later.

#include <string>

#include "io/hdf5.h"

namespace burgeon::hdf5 {

/// Identifier for H5Pset_driver.
[[nodiscard]] hid_t file_driver();
/// Why writing failed since the last clear; empty: it didn't.
[[nodiscard]] const std::string& write_failure();
void clear_write_failure();

}  // namespace burgeon::hdf5
