/** Tokenizers in files of their own, read as the metadata that GGUF would have for them. */
package dev.gatun.formats.tokenizer;
