// Fits one tanh neuron to a sine, then asks what splitting it in two does.
#include <cmath>
#include <cstdio>
#include <tepui/tepui.hpp>
#include <vector>

int main() try {
    std::vector<double> x(50), y(50);
    for (int k = 0; k < 50; ++k) {
        x[k] = -2.0 + 0.08 * k;
        y[k] = std::sin(x[k]);
    }
    const tepui::Context context;
    const tepui::Dataset data(context, 1, x, y);
    const tepui::Solution fits(context, data, tepui::Activation(context, "tanh"), 1);
    const tepui::Analysis point(context, data, fits.point(0));
    std::printf("loss %.6f: %s\n", point.report().real("loss"), point.verdict());
    for (const std::vector<double>& gamma : {std::vector{0.4, 0.6}, std::vector{1.5, -0.5}}) {
        const tepui::Split split(context, point, 0, gamma);
        std::printf("gamma (%g, %g): %s, Morse index %d\n", gamma[0], gamma[1], split.verdict(),
                    static_cast<int>(split.report().integer("morse_index")));
    }
} catch (const tepui::Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
}
