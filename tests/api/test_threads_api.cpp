#include <thread>

#include "api/fixture.hpp"

using namespace tepui::test;

TEST_CASE("threads with contexts of their own share data sets and networks") {
    Problem problem;
    Context owner;
    const Dataset_ dataset = problem.dataset(owner);
    const Network_ network = problem.network(owner);
    std::vector<double> expected(8);
    REQUIRE(tepui_inner_hessians(owner, dataset.get(), network.get(), expected.data()) == TEPUI_OK);
    int wrong[4] = {0, 0, 0, 0};
    std::vector<std::thread> threads;
    threads.reserve(4);
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&, t] {
            tepui_context* context = nullptr;
            if (tepui_context_create(&context) != TEPUI_OK) {
                wrong[t] = -1;
                return;
            }
            tepui_context_set_integer(context, TEPUI_OPTION_THREADS, 1 + t % 2);
            for (int round = 0; round < 200; ++round) {
                std::vector<double> inner(8);
                double loss = 0.0;
                if (tepui_inner_hessians(context, dataset.get(), network.get(), inner.data()) != TEPUI_OK)
                    ++wrong[t];
                if (inner != expected) ++wrong[t];
                // A failure of one caller is that caller's alone.
                if (t == 0 && tepui_loss(context, dataset.get(), nullptr, &loss) != TEPUI_ERROR_NULL_POINTER)
                    ++wrong[t];
                if (t != 0 && tepui_context_message(context)[0] != '\0') ++wrong[t];
            }
            tepui_context_destroy(context);
        });
    }
    for (std::thread& thread : threads) thread.join();
    for (const int count : wrong) CHECK(count == 0);
}
