defmodule Snakepit.Sidecar.LaunchError do
  @moduledoc "There is nothing to launch, or it cannot be launched; the message names what was looked for."
  defexception [:message]

  @type t :: %__MODULE__{message: String.t()}
end

defmodule Snakepit.Sidecar.NotReadyError do
  @moduledoc "The sidecar did not serve in time; the message has the last that is known of it."
  defexception [:message]

  @type t :: %__MODULE__{message: String.t()}
end
