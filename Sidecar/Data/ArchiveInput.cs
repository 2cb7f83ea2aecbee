using Snakepit.Serving.CommandLine;

namespace Snakepit.Sidecar.Data;

/// <summary>A file of sessions that is to be read twice: first to be checked, then to be stored.</summary>
internal static class ArchiveInput
{
    public static FileStream Open(string name)
    {
        if (name == "-")
        {
            throw new MistakeException("FILE: stdin cannot be checked before anything is changed; name a file");
        }

        var file = new FileStream(name, FileMode.Open, FileAccess.Read, FileShare.Read, DraftFile.BufferSize, FileOptions.SequentialScan);
        return file.CanSeek ? file : throw new MistakeException($"{name} cannot be checked before anything is changed: it is no plain file");
    }
}
