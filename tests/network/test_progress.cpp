#include <chrono>
#include <thread>

#include "network/derivatives/loss.hpp"
#include "support/catch.hpp"
#include "support/reference.hpp"

using namespace tepui;
using namespace tepui::test;

namespace {

struct Listener {
    std::thread::id caller = std::this_thread::get_id();
    int calls = 0;
    int stop_at = 0;
    double last = -1.0;
    bool sound = true;

    static bool hear(void* user, const char*, double fraction) {
        auto& self = *static_cast<Listener*>(user);
        self.sound = self.sound && self.caller == std::this_thread::get_id() && fraction >= self.last &&
                     fraction >= 0.0 && fraction <= 1.0;
        self.last = fraction;
        return ++self.calls < self.stop_at;
    }
};

int slow_identity(void*, Size count, const double* z, double* value, double*, double*, double*) {
    std::this_thread::sleep_for(std::chrono::milliseconds(8));
    for (Size k = 0; k < count; ++k) value[k] = z[k];
    return 0;
}

}  // namespace

TEST_CASE("the listener hears of progress on the calling thread and can cancel") {
    const Problem problem = random_problem(16 * 40, 2, 2, false, 80);
    const Dataset data(problem.source(), false, false, LossScaling::sum);
    const Network network(Activation(slow_identity, nullptr, Activation(ActivationKind::identity).traits()),
                          1, 2);
    for (const int threads : {1, 3}) {
        for (const int stop_at : {1000, 2}) {
            Listener listener;
            listener.stop_at = stop_at;
            const Execution execution{threads, &Listener::hear, &listener};
            LossSum sum;
            Accumulator* const accumulators[] = {&sum};
            Status status = Status::ok;
            try {
                Pass(data, network, accumulators, {16, 16}).run(execution);
            } catch (const Error& error) {
                status = error.status();
            }
            CHECK(listener.sound);
            CHECK(status == (stop_at == 2 ? Status::cancelled : Status::ok));
            CHECK((stop_at == 2 ? listener.calls == 2 : listener.calls > 2));
        }
    }
}
