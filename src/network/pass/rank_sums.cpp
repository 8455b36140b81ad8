#include "network/pass/rank_sums.hpp"

#include <algorithm>

namespace tepui {
namespace {

constexpr Size kTogether = Size{1} << 17;  // numbers: a copy costs less than a message more

Size bytes_of(const Buffer<double>& values) {
    return values.size() * static_cast<Size>(sizeof(double));
}

template <class Copy>
void each_part(Buffer<double>& message, std::vector<Buffer<double>>& values, Copy&& copy) {
    double* at = message.data();
    for (Buffer<double>& one : values) {
        copy(at, one);
        at += one.size();
    }
}

}  // namespace

RankSums::RankSums(const Share& share, const Slabs& slabs) : share_(share), slabs_(slabs) {
    for (Size slab = 0; slab < slabs_.count() && !chained_; ++slab)
        chained_ = share_.owner(slabs_.begin(slab)) != owner(slab);
}

void RankSums::open(const SlabSums& tree) {
    signature_ = Signature().add("pass").add(slabs_.count()).add(tree.numbers()).value();
    if (tree.numbers() <= kTogether && message_.size() == 0) message_ = Buffer<double>(tree.numbers());
}

void RankSums::send(Size to, const SlabSum& sum) {
    if (together()) {
        double* at = message_.data();
        for (const Buffer<double>& one : sum.values) at = std::copy_n(one.data(), one.size(), at);
        ranks().send(to, message_.data(), bytes_of(message_));
        return;
    }
    for (const Buffer<double>& one : sum.values) ranks().send(to, one.data(), bytes_of(one));
}

void RankSums::receive(Size from, SlabSum& sum) {
    if (!together()) {
        for (Buffer<double>& one : sum.values) ranks().receive(from, one.data(), bytes_of(one));
        return;
    }
    ranks().receive(from, message_.data(), bytes_of(message_));
    each_part(message_, sum.values,
              [](double* at, Buffer<double>& one) { std::copy_n(at, one.size(), one.data()); });
}

void RankSums::broadcast(Size root, SlabSum& sum) {
    if (!together()) {
        for (Buffer<double>& one : sum.values) ranks().broadcast(root, one.data(), bytes_of(one));
        return;
    }
    each_part(message_, sum.values,
              [](double* at, Buffer<double>& one) { std::copy_n(one.data(), one.size(), at); });
    ranks().broadcast(root, message_.data(), bytes_of(message_));
    each_part(message_, sum.values,
              [](double* at, Buffer<double>& one) { std::copy_n(at, one.size(), one.data()); });
}

// Ranks that hold nothing stand between no samples.
void RankSums::pass_on(const SlabSum& sum, bool good) {
    const Size next = share_.owner(share_.end());
    const std::int64_t flag = good ? 1 : 0;
    ranks().send(next, &flag, Size{sizeof flag});
    if (good) send(next, sum);
}

bool RankSums::take_on(SlabSum& sum) {
    const Size before = share_.owner(share_.begin() - 1);
    std::int64_t flag = 0;
    ranks().receive(before, &flag, Size{sizeof flag});
    if (flag != 0) receive(before, sum);
    return flag != 0;
}

// Every rank goes through the messages in the same order, so that none waits for one that waits for it.
SlabSum RankSums::merge(SlabSums& tree) {
    const Size mine = ranks().rank();
    for (Size level = 0; level < tree.levels(); ++level) {
        for (Size index = 0; index < slabs_.count() >> level; index += 2) {
            const Size left = owner(index << level), right = owner((index + 1) << level);
            if (left == right) continue;
            if (mine == right) {
                SlabSum sum = tree.take(level, index + 1);
                send(left, sum);
                tree.drop(std::move(sum));
            } else if (mine == left) {
                SlabSum sum = tree.zeros(level, index + 1);
                receive(right, sum);
                tree.place(std::move(sum));
            }
        }
    }
    const Size first = owner(0);
    SlabSum root = mine == first ? tree.take(tree.levels(), 0) : tree.zeros(tree.levels(), 0);
    broadcast(first, root);
    ranks().count_pass();
    return root;
}

void RankSums::gather(double* values, Size each) {
    std::vector<Size> first = share_.held;
    for (Size& place : first) place *= each;
    ranks().gather(values, first);
}

}  // namespace tepui
