using Snakepit.Protocol.Bridge;
using Snakepit.Sessions;
using Snakepit.Tests.Unit.Support;

namespace Snakepit.Tests.Unit.Hosting;

public sealed class RequestMemoryTests : HostTests
{
    private static readonly TimeSpan ElevenMinutes = TimeSpan.FromMinutes(11);

    public RequestMemoryTests() =>
        Settings = new SessionSettings { Limits = new SessionLimits { MaxRememberedRequests = RequestMemory.Newest + 1 } };

    [Fact]
    public async Task A_memory_that_was_full_takes_requests_again_once_the_old_ones_may_be_forgotten()
    {
        await OkAsync(Ask.Register("x"));
        await SetManyAsync("first", RequestMemory.Newest + 1);
        Assert.Equal(
            "1001 requests with a request_id are remembered, the limit is 1001",
            await RefusedAsync(RefusalKind.Exhausted, Ask.Set("x", "1", requestId: "one more")));
        Clock.Advance(ElevenMinutes);
        await OkAsync(Ask.Set("x", "1", requestId: "one more"));
    }

    [Fact]
    public async Task An_id_that_is_used_again_after_it_was_forgotten_is_remembered_with_its_new_content()
    {
        await OkAsync(Ask.Register("x"), Ask.Set("x", "1", requestId: "again"));
        await SetManyAsync("first", RequestMemory.Newest);
        Clock.Advance(ElevenMinutes);
        await OkAsync(Ask.Set("x", "2", requestId: "again"));

        Crash();
        Assert.Equal(1002, (await OkAsync<SetVariableResponse>(Ask.Set("x", "2", requestId: "again"))).NewVersion);
    }

    [Fact]
    public async Task A_checkpoint_keeps_an_id_that_was_forgotten_and_used_again()
    {
        await OkAsync(Ask.Register("x"), Ask.Set("x", "1", requestId: "again"));
        await SetManyAsync("first", RequestMemory.Newest);
        await LeaveMemoryAsync();
        Clock.Advance(ElevenMinutes);
        await OkAsync(Ask.Set("x", "2", requestId: "again"));
        await LeaveMemoryAsync();

        Assert.Equal(1002, (await OkAsync<SetVariableResponse>(Ask.Set("x", "2", requestId: "again"))).NewVersion);
        Assert.Equal(1002, (await OkAsync<SetVariableResponse>(Ask.Set("x", "2", requestId: "again"))).NewVersion);
    }

    private async Task SetManyAsync(string prefix, int count)
    {
        for (var i = 0; i < count; i++)
        {
            await OkAsync(Ask.Set("x", $"{i}", requestId: $"{prefix}{i}"));
        }
    }
}
