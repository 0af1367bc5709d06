package dev.gatun.runtime.store;

/**
 * How far a file has arrived.
 *
 * @param file its name
 * @param part number of this file among those of the model, from 1
 * @param parts files of the model
 * @param done bytes
 * @param total bytes; negative when unknown
 */
public record PullProgress(String file, int part, int parts, long done, long total) {}
