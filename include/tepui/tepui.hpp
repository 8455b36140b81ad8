// tepui for C++20: the C interface with owners, spans and exceptions. A thin layer, all of it in headers:
// what calls and numbers mean is said in the C headers, and every object gives its C handle by get() for what
// is not wrapped.
//
//     #include <cmath>
//     #include <cstdio>
//     #include <tepui/tepui.hpp>
//     #include <vector>
//
//     int main() {
//         std::vector<double> x(50), y(50);
//         for (int k = 0; k < 50; ++k) y[k] = std::sin(x[k] = -2.0 + 0.08 * k);
//         const tepui::Context context;
//         const tepui::Dataset data(context, 1, x, y);
//         const tepui::Solution fits(context, data, tepui::Activation(context, "tanh"), 1);
//         const tepui::Analysis point(context, data, fits.point(0));
//         std::printf("%s: %s\n", point.verdict(), point.why());
//         const double gamma[] = {1.5, -0.5};
//         std::printf("split: %s\n", tepui::Split(context, point, 0, gamma).verdict());
//     }
//
// Objects are handles, shared when copied; each keeps alive what its C handle must not outlive. Whatever
// fails throws tepui::Error with the library's sentence. Threads: as in C, one context per concurrent caller.
#ifndef TEPUI_HPP
#define TEPUI_HPP

#include "cpp/context.hpp"
#include "cpp/problem.hpp"
#include "cpp/results.hpp"
#include "cpp/verdicts.hpp"

#endif
