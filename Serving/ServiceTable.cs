using Microsoft.Extensions.Logging;
using Snakepit.Bridge;
using Snakepit.Bridge.Access;
using Snakepit.Bridge.Calculator;
using Snakepit.Bridge.Handlers;
using Snakepit.Bridge.Health;
using Snakepit.Bridge.Reflection;
using Snakepit.Bridge.Telemetry;
using Snakepit.Bridge.Tools;
using Snakepit.Bridge.Tools.Calls;
using Snakepit.Bridge.Watching;
using Snakepit.Sessions;

namespace Snakepit.Serving;

/// <summary>All services of the product, for any transport to bind: the same wherever the sessions live.</summary>
public static class ServiceTable
{
    /// <param name="sessions">The sessions that are served.</param>
    /// <param name="watches">The watches of this process, on the same sessions.</param>
    /// <param name="tools">The hosts of tools of this process.</param>
    /// <param name="events">Its telemetry.</param>
    /// <param name="toolSettings">Bounds and times of tools.</param>
    /// <param name="calculations">What the calculator service works on.</param>
    /// <param name="health">What the health service tells. The one who starts and drains the transport sets it.</param>
    /// <param name="description">What the process tells of itself.</param>
    /// <param name="limits">What a request may ask of a session.</param>
    /// <param name="guard">Keeps out who may not call; null = everyone may.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggers">Where failures of calls are told.</param>
    public static MethodTable Of(
        ISessions sessions,
        WatchHub watches,
        ToolHosts tools,
        TelemetryHub events,
        ToolSettings toolSettings,
        ICalculations calculations,
        HealthStatus health,
        IServerDescription description,
        SessionLimits limits,
        CallGuard? guard,
        TimeProvider time,
        ILoggerFactory loggers)
    {
        var router = new ToolRouter(sessions, tools, events, limits, toolSettings, time, loggers.CreateLogger<ToolRouter>());
        var bridge = new BridgeService(
            sessions, watches, tools, router, events, limits, time, loggers.CreateLogger<BridgeService>());
        var hosts = new ToolsService(sessions, tools, limits, toolSettings, time, loggers.CreateLogger<ToolsService>());
        var administration = new AdministrationService(
            sessions, watches, description, limits, time, loggers.CreateLogger<AdministrationService>());
        var table = new MethodTable(guard);
        table.Add(BridgeService.Contract, bridge.Methods);
        table.Add(AdministrationService.Contract, administration.Methods);
        table.Add(ToolsService.Contract, hosts.Methods);
        table.Add(CalculatorService.Contract, new CalculatorService(calculations).Methods);
        table.Add(HealthService.Contract, new HealthService(table, health).Methods);
        var reflection = new ReflectionService(table);
        table.Add(ReflectionService.V1, reflection.MethodsOf(ReflectionService.V1));
        table.Add(ReflectionService.V1Alpha, reflection.MethodsOf(ReflectionService.V1Alpha));
        return table;
    }
}
