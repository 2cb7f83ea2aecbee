namespace Snakepit.Storage.Archive;

/// <summary>A file of exported sessions cannot be used, or does not go with what is in the store.</summary>
/// <param name="message">One line for an operator: names the file, what is wrong and where.</param>
public sealed class ArchiveException(string message) : Exception(message);
