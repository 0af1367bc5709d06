package dev.gatun.pipelines.filetype;

import java.util.Optional;

/**
 * What kind of file something is.
 *
 * @param type the answer
 * @param score the model's confidence from 0 to 1; 1 when no model was needed
 * @param guess what the model itself says, which differs from {@code type} when it is not sure
 *     enough; empty when it was not asked, as for files of a few bytes
 */
public record FileTypeResult(FileType type, double score, Optional<FileType> guess) {}
