#include "cubin.h"

#include <cstdlib>
#include <cstring>
#include <elf.h>

namespace standin {

namespace {

constexpr unsigned MACHINE_CUDA = 190;
constexpr unsigned NOTE_CUINFO = 1000;

/* Entries of .nv.info: a byte for the form of the value, a byte for what it is, then the value. */
enum Form : uint8_t { NO_VALUE = 1, BYTE_VALUE = 2, HALF_VALUE = 3, SIZED_VALUE = 4 };
enum Entry : uint8_t { MAX_THREADS = 0x05, FRAME_SIZE = 0x11, PARAMETER = 0x17 };

template <typename T> T at(const uint8_t *data) {
  T value;
  std::memcpy(&value, data, sizeof value);
  return value;
}

struct Elf {
  const uint8_t *data;
  Elf64_Ehdr header;

  Elf64_Shdr section(unsigned index) const { return at<Elf64_Shdr>(data + header.e_shoff + index * sizeof(Elf64_Shdr)); }
  std::string name(const Elf64_Shdr &of) const {
    return (const char *)data + section(header.e_shstrndx).sh_offset + of.sh_name;
  }
};

template <typename Visit> void entries(const uint8_t *data, size_t bytes, Visit visit) {
  for (size_t i = 0; i + 4 <= bytes;) {
    size_t size = data[i] == SIZED_VALUE ? at<uint16_t>(data + i + 2) : 0;
    if (i + 4 + size > bytes) {
      return;
    }
    visit(data[i + 1], data + i + 4, size);
    i += 4 + size;
  }
}

ImageKernel *kernelOf(Image &image, const std::string &name) {
  for (auto &kernel : image.kernels) {
    if (kernel.name == name) {
      return &kernel;
    }
  }
  return nullptr;
}

void readParameters(const uint8_t *data, size_t bytes, ImageKernel &kernel) {
  entries(data, bytes, [&](uint8_t entry, const uint8_t *value, size_t size) {
    if (entry == PARAMETER && size == 12) {
      size_t ordinal = at<uint16_t>(value + 4);
      if (kernel.parameters.size() <= ordinal) {
        kernel.parameters.resize(ordinal + 1);
      }
      kernel.parameters[ordinal] = {at<uint16_t>(value + 6), at<uint32_t>(value + 8) >> 18};
    } else if (entry == MAX_THREADS && size == 12) {
      kernel.maxThreads = (int)(at<uint32_t>(value) * at<uint32_t>(value + 4) * at<uint32_t>(value + 8));
    }
  });
}

Result readElf(const uint8_t *data, Image &image, std::string &why) {
  Elf elf = {data, at<Elf64_Ehdr>(data)};
  if (elf.header.e_ident[EI_CLASS] != ELFCLASS64 || elf.header.e_machine != MACHINE_CUDA) {
    why = "an ELF file of another machine";
    return INVALID_IMAGE;
  }
  image.architecture = (int)(elf.header.e_flags >> 8 & 0xff);
  std::vector<std::string> symbols;
  for (unsigned i = 0; i < elf.header.e_shnum; i++) {
    Elf64_Shdr section = elf.section(i);
    std::string name = elf.name(section);
    if (section.sh_type == SHT_SYMTAB) {
      Elf64_Shdr strings = elf.section(section.sh_link);
      for (size_t s = 0; s < section.sh_size / sizeof(Elf64_Sym); s++) {
        auto symbol = at<Elf64_Sym>(data + section.sh_offset + s * sizeof(Elf64_Sym));
        symbols.push_back((const char *)data + strings.sh_offset + symbol.st_name);
        // A function that others may call by name and that starts on its own is a kernel.
        if (ELF64_ST_TYPE(symbol.st_info) == STT_FUNC && ELF64_ST_BIND(symbol.st_info) == STB_GLOBAL &&
            (symbol.st_other & 0x10) != 0) {
          image.kernels.emplace_back().name = symbols.back();
        }
      }
    } else if (name == ".note.nv.cuinfo") {
      // Sizes of name and value, type; the name, "NVIDIA Corp"; version, architecture, CUDA's version.
      const uint8_t *note = data + section.sh_offset;
      if (at<uint32_t>(note + 8) == NOTE_CUINFO) {
        image.toolkit = (int)at<uint32_t>(note + 12 + (at<uint32_t>(note) + 3) / 4 * 4 + 4);
      }
    }
  }
  for (unsigned i = 0; i < elf.header.e_shnum; i++) {
    Elf64_Shdr section = elf.section(i);
    std::string name = elf.name(section);
    const uint8_t *content = data + section.sh_offset;
    if (name == ".nv.info") {
      entries(content, section.sh_size, [&](uint8_t entry, const uint8_t *value, size_t size) {
        ImageKernel *kernel = size == 8 && at<uint32_t>(value) < symbols.size()
                                  ? kernelOf(image, symbols[at<uint32_t>(value)])
                                  : nullptr;
        if (kernel != nullptr && entry == FRAME_SIZE) {
          kernel->localBytes = (int)at<uint32_t>(value + 4);
        }
      });
    } else if (name.rfind(".nv.info.", 0) == 0) {
      if (ImageKernel *kernel = kernelOf(image, name.substr(9))) {
        readParameters(content, section.sh_size, *kernel);
      }
    }
  }
  return SUCCESS;
}

/* The number after a directive: 9.0 as 90, sm_90 as 90. */
int directive(const std::string &text, const char *name) {
  size_t start = text.find(name);
  if (start == std::string::npos) {
    return 0;
  }
  int value = 0;
  for (const char *c = text.c_str() + start + std::strlen(name); *c != 0 && *c != '\n' && *c != ','; c++) {
    value = *c >= '0' && *c <= '9' ? 10 * value + (*c - '0') : value;
  }
  return value;
}

size_t widthOf(const std::string &parameter) {
  // ".param .align 8 .b8 name[24]" is an array; ".param .u64 name" ends its type with its bits.
  size_t bracket = parameter.find('[');
  if (bracket != std::string::npos) {
    return std::strtoul(parameter.c_str() + bracket + 1, nullptr, 10);
  }
  for (const char *bits : {"64 ", "32 ", "16 ", "8 "}) {
    for (const char *type : {".u", ".s", ".b", ".f"}) {
      if (parameter.find(std::string(type) + bits) != std::string::npos) {
        return std::strtoul(bits, nullptr, 10) / 8;
      }
    }
  }
  return 0;
}

Result readPtx(const std::string &text, Image &image, std::string &why) {
  image.ptx = true;
  image.architecture = directive(text, ".target");
  if (text.find(".version") == std::string::npos || image.architecture == 0) {
    why = "neither a cubin nor PTX";
    return INVALID_IMAGE;
  }
  for (size_t entry = text.find(".entry "); entry != std::string::npos; entry = text.find(".entry ", entry + 1)) {
    size_t open = text.find('(', entry);
    size_t close = text.find(')', entry);
    if (open == std::string::npos || close == std::string::npos) {
      why = "a kernel without a list of parameters";
      return INVALID_PTX;
    }
    ImageKernel &kernel = image.kernels.emplace_back();
    size_t start = entry + 7;
    size_t end = 0;
    kernel.name = text.substr(start, text.find_first_of(" \n(", start) - start);
    for (size_t p = text.find(".param", open); p != std::string::npos && p < close; p = text.find(".param", p + 1)) {
      size_t bytes = widthOf(text.substr(p, text.find_first_of(",)", p) - p));
      size_t align = bytes < 8 ? bytes : 8;
      kernel.parameters.push_back({align == 0 ? end : (end + align - 1) / align * align, bytes});
      end = kernel.parameters.back().offset + bytes;
    }
  }
  return SUCCESS;
}

} // namespace

Result readImage(const void *data, Image &image, std::string &why) {
  return std::memcmp(data, ELFMAG, SELFMAG) == 0 ? readElf((const uint8_t *)data, image, why)
                                                  : readPtx((const char *)data, image, why);
}

} // namespace standin
