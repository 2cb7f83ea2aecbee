namespace Snakepit.Tests.Interop;

/// <summary>What a test cannot do without.</summary>
internal static class Needed
{
    /// <summary>Waits for it; skips the test where it is missing.</summary>
    public static async Task<ForeignProgram> Async(Task<ForeignProgram> program)
    {
        try
        {
            return await program;
        }
        catch (ToolMissingException missing)
        {
            Assert.Skip(missing.Message);
            throw;
        }
    }
}
