// Threads that play ranks: each with a context of its own, and mailboxes between them in the place of MPI.
#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tepui/tepui.h"

namespace tepui::test {

class Ranks {
  public:
    explicit Ranks(int64_t size) : size_(size) {}

    // body(rank, context) on a thread of every rank. It may not assert: Catch is for one thread.
    void run(const std::function<void(int64_t, tepui_context*)>& body) {
        std::vector<std::thread> threads;
        for (int64_t rank = 0; rank < size_; ++rank) {
            threads.emplace_back([&, rank] {
                Seat seat{this, rank};
                tepui_context* context = nullptr;
                if (tepui_context_create(&context) != TEPUI_OK) return;
                tepui_context_set_integer(context, TEPUI_OPTION_THREADS, 1 + rank % 2);
                if (tepui_context_set_collective(context, size_, rank, send, receive, &seat) == TEPUI_OK)
                    body(rank, context);
                tepui_context_destroy(context);
            });
        }
        for (std::thread& thread : threads) thread.join();
    }

    int64_t size() const { return size_; }
    bool empty() const {
        for (const auto& box : boxes_)
            if (!box.second.empty()) return false;
        return true;
    }

  private:
    struct Seat {
        Ranks* ranks;
        int64_t rank;
    };
    using Message = std::vector<char>;

    static int32_t send(void* user, int64_t to, const void* bytes, int64_t count) {
        const auto* seat = static_cast<Seat*>(user);
        const auto* from = static_cast<const char*>(bytes);
        const std::lock_guard<std::mutex> lock(seat->ranks->mutex_);
        seat->ranks->boxes_[{seat->rank, to}].emplace_back(from, from + count);
        seat->ranks->arrived_.notify_all();
        return 0;
    }

    static int32_t receive(void* user, int64_t from, void* bytes, int64_t count) {
        const auto* seat = static_cast<Seat*>(user);
        std::unique_lock<std::mutex> lock(seat->ranks->mutex_);
        std::deque<Message>& box = seat->ranks->boxes_[{from, seat->rank}];
        const auto there = [&] { return !box.empty(); };
        if (!seat->ranks->arrived_.wait_for(lock, std::chrono::seconds(60), there)) return 1;
        if (box.front().size() != static_cast<std::size_t>(count)) return 2;
        std::memcpy(bytes, box.front().data(), static_cast<std::size_t>(count));
        box.pop_front();
        return 0;
    }

    int64_t size_;
    std::mutex mutex_;
    std::condition_variable arrived_;
    std::map<std::pair<int64_t, int64_t>, std::deque<Message>> boxes_;
};

// Samples [first[r], first[r + 1]) are those of rank r.
using Division = std::vector<int64_t>;

inline std::vector<Division> divisions(int64_t n, int64_t ranks) {
    Division even{0}, odd{0}, empty{0}, last{0};
    for (int64_t r = 1; r <= ranks; ++r) {
        even.push_back(n * r / ranks);
        odd.push_back(r == ranks ? n : std::min(n, 1 + n * r * r / (ranks * ranks + 3)));
        empty.push_back(r == 1 ? 0 : n);                      // the second has everything
        last.push_back(r == ranks ? n : std::min(n, 7 * r));  // the last has nearly everything
    }
    if (ranks == 1) return {even};
    return {even, odd, empty, last};
}

}  // namespace tepui::test
