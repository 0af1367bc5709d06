/**
 * Chat templates: from a list of messages to the prompt that a model was trained on.
 *
 * <p>Start at {@link dev.gatun.models.chat.ChatTemplate}: {@code ChatTemplate.from(metadata)} takes
 * the template of a model file, {@code render} applies it. The template language is {@link
 * dev.gatun.models.jinja}.
 */
package dev.gatun.models.chat;
