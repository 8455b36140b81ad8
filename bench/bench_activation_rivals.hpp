// What others would compose: sigma, sigma', sigma'' from elementary functions, accurate in the tails.
#pragma once

#include <cstddef>
#include <vector>

namespace tepui::bench {

struct Rival {
    const char* name;
    void (*evaluate)(std::size_t count, const double* z, double* value, double* first, double* second);
};

// The vector ones only where this CPU has AVX-512.
const std::vector<Rival>& rivals();

// Those made of libmvec and SLEEF; needs AVX-512.
void add_vector_rivals(std::vector<Rival>& all);

}  // namespace tepui::bench
