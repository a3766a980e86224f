#pragma once
// Large pages for arrays that are visited in random order, where looking up the address of a small page costs as much as the
// read. A hint: does nothing where the system has no such pages.

#include <cstddef>

namespace burgeon {

/// To be called before the memory is written for the first time.
void prefer_huge_pages(void* data, std::size_t bytes);

}  // namespace burgeon
