// Through xtensor (BSD-3-Clause, kept up, in Debian). Its reader takes the header on trust and does not
// notice a file cut short, so both are checked here.
#include "cli/data/npy_file.hpp"

#include <cmath>
#include <fstream>
#if __has_include(<xtensor/io/xnpy.hpp>)
#include <xtensor/containers/xadapt.hpp>
#include <xtensor/containers/xarray.hpp>
#include <xtensor/io/xnpy.hpp>
#else
#include <xtensor/xadapt.hpp>
#include <xtensor/xarray.hpp>
#include <xtensor/xnpy.hpp>
#endif

#include "cli/support/user_error.hpp"

namespace tepui::cli {
namespace {

// The dtype in the header of a format 1.0 or 2.0 file, e.g. "<f8"; the stream is left at the start.
std::string read_dtype(std::ifstream& stream, const std::string& path) {
    unsigned char start[12] = {};
    stream.read(reinterpret_cast<char*>(start), sizeof start);
    if (!stream || std::string(start, start + 6) != "\x93NUMPY") throw UserError(path + ": is no .npy file");
    const bool first_format = start[6] == 1;
    const std::size_t offset = first_format ? 10 : 12;
    std::size_t length = start[8] + std::size_t(start[9]) * 256;
    if (!first_format) length += (start[10] + std::size_t(start[11]) * 256) * 65536;
    // xtensor reads the length's bytes as signed: 128 and more go wrong there. Arrays of numbers have 118.
    if (start[6] > 2 || length < 20 || length > 127)
        throw UserError(path + ": the .npy header is not that of a plain array of numbers");
    std::string header(length, ' ');
    stream.seekg(std::streamoff(offset));
    stream.read(header.data(), std::streamsize(length));
    const std::size_t key = header.find("'descr'");
    const std::size_t open = key == std::string::npos ? key : header.find('\'', key + 7);
    const std::size_t close = open == std::string::npos ? open : header.find('\'', open + 1);
    if (!stream || close == std::string::npos)
        throw UserError(path + ": the .npy header is not that of a plain array of numbers");
    stream.seekg(0);
    return header.substr(open + 1, close - open - 1);
}

template <class T>
NpyArray load(std::ifstream& stream, const std::string& path) {
    const xt::xarray<T, xt::layout_type::row_major> array = xt::load_npy<T>(stream);
    if (!stream) throw UserError(path + ": is cut short: it holds fewer values than its header says");
    NpyArray result;
    for (const std::size_t extent : array.shape()) result.shape.push_back(std::int64_t(extent));
    result.values.reserve(array.size());
    for (const T value : array) result.values.push_back(double(value));
    return result;
}

NpyArray load_any(std::ifstream& stream, const std::string& path, const std::string& dtype) {
    if (dtype == "<f8") return load<double>(stream, path);
    if (dtype == "<f4") return load<float>(stream, path);
    if (dtype == "<i8") return load<std::int64_t>(stream, path);
    if (dtype == "<i4") return load<std::int32_t>(stream, path);
    if (dtype == "<i2") return load<std::int16_t>(stream, path);
    if (dtype == "|i1") return load<signed char>(stream, path);
    if (dtype == "<u8") return load<std::uint64_t>(stream, path);
    if (dtype == "<u4") return load<std::uint32_t>(stream, path);
    if (dtype == "<u2") return load<std::uint16_t>(stream, path);
    if (dtype == "|u1") return load<unsigned char>(stream, path);
    if (dtype == "|b1") return load<bool>(stream, path);
    throw UserError(path + ": dtype " + dtype +
                    " is not supported; expected a real number type such as float64");
}

// " [3, 1]": where the l-th value in C order stands.
std::string position(const std::vector<std::int64_t>& shape, std::size_t l) {
    std::string text;
    for (std::size_t axis = shape.size(); axis-- > 0; l /= std::size_t(shape[axis]))
        text = std::to_string(l % std::size_t(shape[axis])) + (text.empty() ? "" : ", ") + text;
    return "[" + text + "]";
}

}  // namespace

NpyArray read_npy(const std::string& path) {
    std::ifstream stream(path, std::ios::binary);
    if (!stream) throw UserError(path + ": cannot be opened for reading");
    const std::string dtype = read_dtype(stream, path);
    NpyArray array;
    try {
        array = load_any(stream, path, dtype);
    } catch (const UserError&) {
        throw;
    } catch (const std::bad_alloc&) {
        throw UserError(path + ": the shape in its header asks for more values than memory holds");
    } catch (const std::exception&) {
        throw UserError(path + ": the .npy header is not that of a plain array of numbers");
    }
    for (std::size_t l = 0; l < array.values.size(); ++l)
        if (!std::isfinite(array.values[l]))
            throw UserError(path + ": the value at " + position(array.shape, l) + " is not a finite number");
    return array;
}

void write_npy(const std::string& path, const std::vector<std::int64_t>& shape, const double* values) {
    const std::vector<std::size_t> extents(shape.begin(), shape.end());
    std::size_t size = 1;
    for (const std::size_t extent : extents) size *= extent;
    const std::string content = xt::dump_npy(xt::adapt(values, size, xt::no_ownership(), extents));
    std::ofstream stream(path, std::ios::binary);
    stream.write(content.data(), std::streamsize(content.size()));
    stream.close();
    if (!stream) throw UserError(path + ": cannot be written");
}

}  // namespace tepui::cli
