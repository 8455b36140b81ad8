#include "cli/data/npy_values.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

namespace tepui::cli {
namespace {

// Half precision (IEEE 754 binary16), of which C++20 has no type.
struct Half {
    std::uint16_t bits;

    explicit operator double() const {
        const int exponent = (bits >> 10) & 31, fraction = bits & 1023;
        double size = std::ldexp(1024 + fraction, exponent - 25);
        if (exponent == 0) size = std::ldexp(fraction, -24);
        if (exponent == 31)
            size = fraction == 0 ? std::numeric_limits<double>::infinity()
                                 : std::numeric_limits<double>::quiet_NaN();
        return (bits & 0x8000) != 0 ? -size : size;
    }
};

struct Boolean {
    unsigned char byte;
    explicit operator double() const { return byte != 0 ? 1.0 : 0.0; }
};

template <class Value>
void convert(const NpyType& type, const char* bytes, std::size_t count, double* values) {
    for (std::size_t l = 0; l < count; ++l, bytes += sizeof(Value)) {
        char raw[sizeof(Value)];
        std::memcpy(raw, bytes, sizeof(Value));
        if (type.swapped) std::reverse(raw, raw + sizeof(Value));
        Value value;
        std::memcpy(&value, raw, sizeof(Value));
        values[l] = double(value);
    }
}

}  // namespace

void convert_values(const NpyType& type, const char* bytes, std::size_t count, double* values) {
    const auto as = [&]<class Value>(Value) { convert<Value>(type, bytes, count, values); };
    const auto by_size = [&]<class One, class Two, class Four, class Eight>(One one, Two two, Four four,
                                                                            Eight eight) {
        type.size == 1 ? as(one) : type.size == 2 ? as(two) : type.size == 4 ? as(four) : as(eight);
    };
    switch (type.kind) {
        case 'b':
            return as(Boolean{});
        case 'i':
            return by_size(std::int8_t(), std::int16_t(), std::int32_t(), std::int64_t());
        case 'u':
            return by_size(std::uint8_t(), std::uint16_t(), std::uint32_t(), std::uint64_t());
        default:
            break;
    }
    if (type.size == 16) return as((long double)(0));
    type.size == 2 ? as(Half{}) : type.size == 4 ? as(float()) : as(double());
}

}  // namespace tepui::cli
